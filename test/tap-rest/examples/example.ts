import { join } from 'node:path'
import { projectFolder } from '../../support/cache.js'

/** `github` → the settings of `tap-rest/examples/github`. */
export const example = (name: string): string => join(projectFolder, 'tap-rest/examples', name, 'settings.yml')
