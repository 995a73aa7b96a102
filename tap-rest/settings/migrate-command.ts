import { type Command, ConfigError } from '../../singer/index.js'
import { readSettingsFile } from '../../singer/settings-file.js'

/** `tap-rest migrate FILE`: settings of tap-rest-api-msdk as ours, with a remark wherever the two differ. */
export const migrate: Command = {
  usage: 'OLD.json > NEW.yml',
  async run([path, ...more], log) {
    if (path === undefined || path.startsWith('-') || more.length > 0)
      throw new ConfigError(
        'migrate wants one file, the settings of tap-rest-api-msdk: tap-rest migrate OLD.json > NEW.yml',
      )
    const { migrated } = await import('./migrate.js')
    const { text, notices } = migrated(await readSettingsFile(path))
    for (const notice of notices) log.warning(notice)
    return text
  },
}
