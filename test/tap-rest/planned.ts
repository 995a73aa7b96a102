import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'chai'
import { readConfig } from '../../singer/config.js'
import { ConfigError } from '../../singer/errors.js'
import { withTapSettings } from '../../singer/tap-settings.js'
import { type Config, settings } from '../../tap-rest/config.js'
import type { Plan, StreamPlan } from '../../tap-rest/settings/plan.js'
import { planOf } from '../../tap-rest/settings/plan-settings.js'
import { recordedLog } from '../singer/recorded-log.js'
import { withFolder } from '../support/bins.js'

export interface Planned {
  readonly plan: Plan
  readonly lines: readonly string[]
}

export const env = { TOKEN: 't0ps3cret', API_KEY: 'k3y-abcdef', HOME_TOWN: 'Ulm', USER_PASSWORD: 'p w' }

/** The plan of settings in YAML, as the bin would make it; `FOLDER` in the text is a folder of its own. */
export async function planned(yaml: string, files: Readonly<Record<string, string>> = {}): Promise<Planned> {
  return withFolder(async (folder) => {
    const path = join(folder, 'settings.yml')
    await writeFile(path, yaml.replaceAll('FOLDER', folder))
    for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text)
    const log = recordedLog()
    const config = await readConfig({ name: 'tap-rest', settings: withTapSettings(settings), files: [path] }, log)
    const plan = planOf(config as unknown as Config, { log, env })
    return { plan, lines: log.lines }
  })
}

/** The one stream `s` of these settings, below a base URL. */
export async function stream(yaml: string, top = ''): Promise<StreamPlan> {
  const { plan } = await planned(settingsWith(yaml, top))
  const found = plan.streams.get('s')
  if (!found) throw new Error('there is no stream s')
  return found
}

export function settingsWith(yaml: string, top = ''): string {
  return `base_url: https://api.example.com/v1\n${top}\nstreams:\n  s: ${yaml}\n`
}

/** The lines of the ConfigError that these settings give. */
export async function problemsOf(yaml: string): Promise<string[]> {
  const problem = await planned(yaml).then(
    () => expect.fail('there is no problem'),
    (thrown: unknown) => thrown,
  )
  expect(problem).to.be.instanceOf(ConfigError)
  return String((problem as Error).message).split('\n')
}
