import { createRequire } from 'node:module'

/** Loaded by the first call: `--help` needs no driver. */
export function driver(): typeof import('mongodb') {
  return require('mongodb')
}

const require = createRequire(import.meta.url)
