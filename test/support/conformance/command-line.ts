import { tmpdir } from 'node:os'
import { expect } from 'chai'
import { isObject, parseJson } from '../../../singer/json.js'
import type { Finished } from '../bins.js'
import { expectFailure, linesOf, type Program } from './program.js'
import type { Rules } from './rules.js'

/** What works without settings, also where the Hub's automation asks. */
export const commandLine: Rules<Program> = {
  '--help explains the flags, on stdout alone': async ({ run, name }) => {
    const help = pureText(await run(['--help'], { cwd: tmpdir() }))
    expect(help)
      .to.include(name)
      .and.to.match(/--config/)
      .and.to.match(/--about/)
      .and.to.match(/--version/)
  },

  '--version is one line with name and number, on stdout alone': async ({ run, name }) => {
    const version = pureText(await run(['--version'], { cwd: tmpdir() }))
    expect(version).to.match(new RegExp(`^${name} v?\\d+\\.\\d+\\.\\d+[^\\n]*\\n$`))
  },

  '--about --format json tells name, version, capabilities and settings, on stdout alone': async ({ run }) => {
    const texts = await Promise.all(
      [
        ['--about', '--format', 'json'],
        ['--about', '--format=json'],
        ['--format=json', '--about'],
      ].map(async (args) => pureText(await run(args, { cwd: tmpdir() }))),
    )
    expect(new Set(texts).size).to.equal(1)
    const about = parseJson(texts[0] ?? '')
    expect(about).to.include.keys('name', 'description', 'version', 'capabilities', 'settings')
  },

  '--about marks its secrets and describes each setting': async ({ settings, secret, config }) => {
    expect(settings).to.include.keys(Object.keys(config))
    expect(settings[secret]).to.include({ secret: true })
    for (const [setting, { description }] of Object.entries(settings)) expect(description, setting).to.be.a('string')
  },

  '--about declares capabilities that the Hub knows': async ({ run }) => {
    const about = parseJson(pureText(await run(['--about', '--format', 'json'])))
    const declared = isObject(about) && Array.isArray(about.capabilities) ? about.capabilities : []
    expect(declared).to.include('about')
    expect(knownCapabilities).to.include.members(declared)
  },

  '--about also speaks text and markdown': async ({ run, name, settings }) => {
    const formats = [[], ['--format', 'text'], ['--format', 'markdown']]
    const texts = await Promise.all(formats.map(async (format) => pureText(await run(['--about', ...format]))))
    for (const about of texts) {
      expect(about).to.include(name)
      for (const setting of Object.keys(settings)) expect(about).to.include(setting)
    }
  },

  '--about ignores settings beside it': async ({ run, file }) => {
    const settings = await file('{"not": "meant for this"}')
    pureText(await run(['--config', settings, '--about']))
  },

  'an unknown flag or format is a usage failure': async ({ run }) => {
    expectFailure(await run(['--no-such-flag']), 2, 'no-such-flag')
    expectFailure(await run(['--about', '--format', 'yaml']), 2, 'format')
  },

  'no settings at all is a usage failure': async ({ run }) => {
    expectFailure(await run([]), 2, '--config')
  },
}

function pureText({ code, stdout, stderr }: Finished): string {
  expect(code, stderr).to.equal(0)
  expect(stderr).to.equal('')
  expect(linesOf(stdout)).to.not.deep.equal([])
  return stdout.toString()
}

// https://github.com/meltano/hub/tree/main/schemas/common
const knownCapabilities = [
  'about',
  'activate-version',
  'batch',
  'catalog',
  'datatype-failsafe',
  'discover',
  'hard-delete',
  'log-based',
  'properties',
  'schema-flattening',
  'soft-delete',
  'state',
  'stream-maps',
  'structured-logging',
  'target-schema',
  'test',
  'validate-records',
]
