import { rm } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'chai'
import { isObject, parseJson } from '../../../singer/json.js'
import type { Finished } from '../bins.js'
import { structured } from './logs.js'
import { expectEnd, expectGood, linesOf } from './program.js'
import type { Rules } from './rules.js'
import { fullTable, type TapProgram } from './tap-program.js'
import { startUnread, type Unread, type UnreadOptions, untilFull } from './unread.js'
import { entryOf, recordsOf, statesOf, syncedOf } from './wire.js'

export const processRules: Rules<TapProgram> = {
  'SIGTERM while stdout is a full, unread pipe: gone within seconds, exit 143': async (tap) => {
    const running = await startBig(tap)
    await untilFull(running)
    running.child.kill('SIGTERM')
    await expectEnd(running, 143)
  },

  'SIGINT while stdout is a full, unread pipe: gone within seconds, exit 130': async (tap) => {
    const running = await startBig(tap)
    await untilFull(running)
    running.child.kill('SIGINT')
    await expectEnd(running, 130)
  },

  'after SIGTERM come whole messages of the stream under way, the last of them a STATE': async (tap) => {
    const { big, small } = tap.source
    const catalog = await tap.catalogFile({ [big.id]: fullTable, [small.id]: fullTable })
    const state = await tap.file({ currently_syncing: big.id })
    const running = await startUnread([
      ...tap.command,
      '--config',
      await tap.file(tap.config),
      '--catalog',
      catalog,
      '--state',
      state,
    ])
    await running.readUntil((text) => text.includes('"RECORD"'))
    running.child.kill('SIGTERM')
    const stdout = await running.readAll()
    const synced = syncedOf({ ...(await expectEnd(running, 143)), stdout })
    expect(synced.messages.at(-1)).to.include({ type: 'STATE' })
    expect(synced.messages.filter(({ type }) => type === 'SCHEMA')).to.have.length(1)
    expect(synced.messages.filter(({ type }) => type === 'RECORD').length).to.be.lessThan(big.records)
  },

  'a second SIGTERM changes nothing': async (tap) => {
    const running = await startBig(tap)
    await running.readUntil((text) => text.includes('"RECORD"'))
    for (const pause of [0, 0, 50]) {
      await sleep(pause)
      running.child.kill('SIGTERM')
    }
    const stdout = await running.readAll()
    expect(statesOf(syncedOf({ ...(await expectEnd(running, 143)), stdout }))).to.not.deep.equal([])
  },

  'an interrupted run and the next one send each record, under one version; what starts over, the next one alone':
    async (tap) => {
      const { id, records } = tap.source.big
      const first = await interrupted(tap)
      const second = await tap.sync({ select: { [id]: fullTable }, state: statesOf(first).at(-1) ?? {} })
      const runs = tap.source.big.startsOver ? [second] : [first, second]
      const sent = runs.flatMap((run) => run.messages.filter((message) => message.type === 'RECORD'))
      expect(sent).to.have.length(records)
      expect(new Set(sent.map(({ record }) => JSON.stringify(record))).size).to.equal(records)
      expect(new Set(sent.map(({ version }) => version)).size).to.equal(1)
      const [last] = second.messages.filter(({ type }) => type === 'ACTIVATE_VERSION').slice(-1)
      expect(last ?? { version: undefined }).to.include({ version: sent[0]?.version })
    },

  'after SIGKILL the next run sends what is missing': async (tap) => {
    const { id, records, startsOver } = tap.source.big
    const running = await startBig(tap)
    await running.readUntil((text) => text.length > 200_000 && (startsOver || /"STATE".*\n/.test(text)))
    running.child.kill('SIGKILL')
    const text = (await running.readAll()).toString()
    const first = syncedOf({
      ...(await running.finished),
      stdout: Buffer.from(text.slice(0, text.lastIndexOf('\n') + 1)),
    })
    const second = await tap.sync({ select: { [id]: fullTable }, state: statesOf(first).at(-1) ?? {} })
    const sent = [first, second].flatMap((run) => run.messages.filter((message) => message.type === 'RECORD'))
    expect(sent.length).to.be.lessThan(2 * records)
    expect(new Set(sent.map(({ record }) => JSON.stringify(record))).size).to.equal(records)
  },

  'the reader closes the pipe: one line, no stack, exit 141': async (tap) => {
    const running = await startBig(tap)
    await running.readUntil((text) => text.includes('"RECORD"'))
    running.closeReader()
    const { stderr } = await expectEnd(running, 141)
    expect(linesOf(stderr).filter((line) => !line.startsWith('INFO '))).to.have.length(1)
    expect(stderr)
      .to.match(/^[A-Z]+ .*reader/m)
      .and.to.not.match(/^ {4}at |EPIPE/m)
  },

  "Meltano's config test: SIGTERM at the first record, then nobody reads either output": async (tap) => {
    const env = { SINGER_SDK_LOG_CONFIG: await tap.file(structured) }
    const running = await startBig(tap, { merged: true, env })
    const text = await running.readUntil((seen) => seen.includes('"RECORD"'))
    for (const line of linesOf(text).slice(0, -1)) {
      expect(line.length).to.be.lessThan(line.includes('"RECORD"') ? Number.POSITIVE_INFINITY : 64 << 10)
      expect(isObject(parseJson(line)), 'each line is an object').to.equal(true)
    }
    running.child.kill('SIGTERM')
    await expectEnd(running, 143)
  },

  'the settings file is read once: it may be gone when records flow': async (tap) => {
    const settings = await tap.file(tap.config)
    const running = await startBig(tap, {}, settings)
    await running.readUntil((text) => text.includes('"RECORD"'))
    await rm(settings)
    const stdout = await running.readAll()
    const finished: Finished = { ...(await running.finished), stdout }
    expectGood(finished)
    expect(syncedOf(finished).messages.filter(({ type }) => type === 'RECORD')).to.have.length(tap.source.big.records)
  },

  'a record too long for Meltano is announced by stream and number before it is sent': async (tap, test) => {
    const { huge } = tap.source
    if (!huge) return test.skip()
    const synced = await tap.sync({ select: { [huge.id]: fullTable } })
    const { stream } = entryOf(await tap.catalog(), huge.id)
    expect(recordsOf(synced, stream)).to.have.length(2)
    expect(synced.stderr).to.match(new RegExp(`^WARNING .*stream=${stream} record=2 `, 'm'))
  },
}

async function startBig(tap: TapProgram, options: UnreadOptions = {}, settings?: string): Promise<Unread> {
  const config = settings ?? (await tap.file(tap.config))
  const catalog = await tap.catalogFile({ [tap.source.big.id]: fullTable })
  return startUnread([...tap.command, '--config', config, '--catalog', catalog], options)
}

async function interrupted(tap: TapProgram) {
  const running = await startBig(tap)
  await running.readUntil((text) => text.length > 200_000)
  running.child.kill('SIGTERM')
  const stdout = await running.readAll()
  return syncedOf({ ...(await expectEnd(running, 143)), stdout })
}
