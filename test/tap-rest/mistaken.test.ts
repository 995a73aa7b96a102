import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'chai'
import { runBin, withFolder } from '../support/bins.js'

const head = 'base_url: http://127.0.0.1:1\n'

describe('mistakes in the settings of tap-rest are told with what to do', () => {
  const rows: [yaml: string, problem: string][] = [
    [
      'base_ur: http://127.0.0.1:1\nstream: { a: /a }',
      'base_url: is required; is base_ur meant to be it?\nstreams: is required; is stream meant to be it?',
    ],
    [`${head}streams:\n  a:`, 'streams.a: must be a string or an object, got nothing'],
    [
      `${head}streams: { a: { path: /a, stop_when: "length(records) < 5", timeout: 5, pagination: page } }`,
      'streams.a.stop_when: is not known; it stands in paginate\n' +
        'streams.a.timeout: is not known; it stands in the top level\n' +
        'streams.a.pagination: is not known; did you mean paginate?',
    ],
    [
      `${head}auth: { bearer: "{env.NOT_SET}" }\nstreams: { a: /a, b: /b }`,
      'streams.a.auth.bearer: the variable NOT_SET of the environment is not set',
    ],
    [
      `${head}headers: { x-one: "{env.NOT_SET}" }\nstreams: { a: /a, b: /b }`,
      'streams.a.headers.x-one: the variable NOT_SET of the environment is not set',
    ],
  ]
  for (const [yaml, problem] of rows) {
    it(JSON.stringify(yaml), () =>
      withFolder(async (folder) => {
        const path = join(folder, 'settings.yml')
        await writeFile(path, yaml)
        const { code, stderr } = await runBin('tap-rest', ['--config', path, '--test'])
        expect(stderr).to.equal(`${problem.replaceAll(/^/gm, 'CRITICAL ')}\n`)
        expect(code).to.equal(2)
      }),
    )
  }
})
