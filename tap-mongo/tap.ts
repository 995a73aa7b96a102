import type { Tap } from '../singer/index.js'
import { type Config, settings } from './config.js'

export const tap: Tap<Config> = {
  name: 'tap-mongo',
  description:
    'Reads collections of MongoDB and its clones: whole ones, what has changed by a key, or the change streams.',
  capabilities: [
    'about',
    'activate-version',
    'catalog',
    'discover',
    'log-based',
    'state',
    'structured-logging',
    'test',
  ],
  settings,
  hasOpenSchemas: true,
  async discover() {
    throw new Error('contract')
  },
  async *sync() {
    throw new Error('contract')
  },
}
