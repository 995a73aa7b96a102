import { expect } from 'chai'
import { isObject, type Json, type JsonObject, jsonText } from '../../../singer/json.js'
import { envName, expectFailure, expectGood, type Program } from './program.js'
import type { Rules } from './rules.js'

export const settings: Rules<Program> = {
  'every wrong setting is named at once': async (program) => {
    const kinds = Object.entries(program.settings).filter(([, schema]) => isScalar(schema))
    expect(kinds.length).to.be.greaterThan(1)
    const wrong = Object.fromEntries(kinds.map(([name]) => [name, { not: 'this' }]))
    const path = await program.file({ ...program.config, ...wrong })
    expectFailure(await program.work({ settings: ['--config', path] }), 2, ...Object.keys(wrong))
  },

  'numbers and booleans may be strings': async (program) => {
    const defaults = Object.entries(program.settings).flatMap(([name, { default: value }]) =>
      typeof value === 'number' || typeof value === 'boolean' ? [[name, value] as const] : [],
    )
    const path = await program.file(mapValues({ ...Object.fromEntries(defaults), ...program.config }, asText))
    expectGood(await program.work({ settings: ['--config', path] }))
  },

  'of several files the later one wins, per setting': async (program) => {
    const { config, secret } = program
    const wrong = mapValues(config, () => ({ not: 'this' }))
    const right = { ...config, [secret]: { not: 'this' } }
    const files = await Promise.all([wrong, right, { [secret]: config[secret] ?? null }].map(program.file))
    expectGood(await program.work({ settings: files.flatMap((path) => ['--config', path]) }))
    expectGood(await program.work({ settings: files.flatMap((path) => ['-c', path]) }))
  },

  '--config ENV takes the settings from the environment, before the files': async (program) => {
    const names = Object.keys(program.config).map((name) => [envName(program, name), envText(program.config[name])])
    const env = Object.fromEntries(names)
    expectGood(await program.work({ settings: ['--config', 'ENV'], env }))
    const wrong = await program.file(mapValues(program.config, () => ({ not: 'this' })))
    expectGood(await program.work({ settings: ['--config', wrong, '--config', 'ENV'], env }))
  },

  'the environment counts only when ENV is given': async (program) => {
    const env = Object.fromEntries(
      Object.keys(program.config).map((name) => [envName(program, name), '{"not":"this"}']),
    )
    expectGood(await program.work({ env }))
  },

  'an unknown setting is a warning that keeps its value to itself': async (program) => {
    const path = await program.file({ ...program.config, pasword: 'open-sesame-unknown' })
    const finished = await program.work({ settings: ['--config', path] })
    expectGood(finished)
    expect(finished.stderr)
      .to.match(/^WARNING .*pasword/m)
      .and.to.not.include('open-sesame-unknown')
  },

  'a settings file that is missing, no JSON or no object is named': async (program) => {
    const missing = '/no/such/settings.json'
    expectFailure(await program.work({ settings: ['--config', missing] }), 2, missing)
    const refused = ['{"half": ', '[]', ''].map(async (content) => {
      const path = await program.file(content)
      expectFailure(await program.work({ settings: ['--config', path] }), 2, path)
    })
    await Promise.all(refused)
  },

  'secrets are never printed, whatever the level and the outcome': async (program) => {
    const secret = 'never-to-be-printed-9731'
    const paths = await Promise.all([
      program.file({ ...program.config, [program.secret]: secret }),
      program.file({ ...program.config, [program.secret]: { nested: secret } }),
      program.file(`{"${program.secret}": "${secret}", `),
    ])
    const silent = paths.map(async (path) => {
      const { stdout, stderr } = await program.work({ settings: ['--config', path], env: { LOGLEVEL: 'DEBUG' } })
      expect(`${stdout}${stderr}`).to.not.include(secret)
    })
    await Promise.all(silent)
    const { stderr } = await program.work({ env: { LOGLEVEL: 'DEBUG' } })
    expect(stderr).to.not.include(String(program.config[program.secret]))
  },
}

function isScalar({ type }: JsonObject): boolean {
  const types = Array.isArray(type) ? type : [type]
  return ['integer', 'number', 'boolean'].some((each) => types.includes(each)) && !types.includes('object')
}

function mapValues(object: JsonObject, map: (value: Json) => Json): JsonObject {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, map(value)]))
}

function asText(value: Json): Json {
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : value
}

function envText(value: Json = null): string {
  return isObject(value) || Array.isArray(value) ? jsonText(value) : String(value)
}
