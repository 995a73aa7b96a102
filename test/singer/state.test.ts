import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'chai'
import fc from 'fast-check'
import { ConfigError } from '../../singer/errors.js'
import { Digits, type Json, type JsonObject, parseJson, stableText } from '../../singer/json.js'
import { bookmarkOf, positionOf, withBookmark, withCurrentlySyncing } from '../../singer/state.js'
import { readState } from '../../singer/state-file.js'
import { withFolder } from '../support/bins.js'

const one = '{"bookmarks":{"s":{"n":1}}}'
const two = '{"bookmarks":{"s":{"n":2}}}'

describe('a state file', () => {
  const read = (text: string) =>
    withFolder(async (folder) => {
      const path = join(folder, 'state.json')
      await writeFile(path, text)
      try {
        return stableText(readState(path))
      } catch (problem) {
        expect(problem).to.be.instanceOf(ConfigError)
        return String(problem).replace(path, 'FILE').replace('ConfigError: read the state FILE: ', '')
      }
    })

  const rows: [what: string, text: string, expected: string][] = [
    ['empty', '', '{}'],
    ['white space', ' \n\n', '{}'],
    ['null', 'null\n', '{}'],
    ['an empty object', '{}', '{}'],
    ['one value', one, one],
    ['over several lines', JSON.stringify(JSON.parse(one), null, 2), one],
    ['lines: the last one', `${one}\n${two}\n`, two],
    ['lines without an end', `${one}\n${two}`, two],
    ['lines of Windows', `${one}\r\n${two}\r\n`, two],
    ['blank lines at the end', `${one}\n${two}\n\n\n`, two],
    ['half a last line', `${one}\n${two.slice(0, 20)}`, one],
    ['a byte order mark', `\uFEFF${one}`, one],
    ['digits', '{"a":18446744073709551615,"b":1.10,"c":-0.0}', '{"a":18446744073709551615,"b":1.10,"c":-0.0}'],
    ['other keys', '{"x":1,"currently_syncing":"s"}', '{"currently_syncing":"s","x":1}'],
    ['a whole message', `{"type":"STATE","value":${one}}`, one],
    ['a whole message of a spelling', `{"type":"state","value":${one}}`, one],
    ['lines of whole messages', `{"type":"STATE","value":${one}}\n{"type":"STATE","value":${two}}`, two],
    ['what meltano state get prints', `{"singer_state":${one}}`, one],
    ['an empty one of it', '{"singer_state":null}', '{}'],
    ['a broken whole line', `${one}\n${two.slice(0, 20)}\n`, 'no JSON: it ends too early'],
    ['half a value', one.slice(0, 20), 'no JSON: it ends too early'],
    ['a list', '[]', 'an object with "bookmarks" is wanted, as a target prints it'],
    ['a number', '5', 'an object with "bookmarks" is wanted, as a target prints it'],
    ['bookmarks that are a list', '{"bookmarks":[]}', 'an object with "bookmarks" is wanted, as a target prints it'],
  ]
  for (const [what, text, expected] of rows) it(what, async () => expect(await read(text)).to.equal(expected))

  it('that is missing is named', () => {
    expect(() => readState('/no/such/state')).to.throw(
      ConfigError,
      'read the state /no/such/state: there is no such file',
    )
  })
})

describe('a position', () => {
  const rows: [what: string, bookmark: JsonObject, expected: Json | undefined][] = [
    ['of the SDK and of singer-io', { replication_key: 'at', replication_key_value: '2026' }, '2026'],
    ['a number', { replication_key: 'at', replication_key_value: 5 }, 5],
    [
      'more digits than a double has',
      { replication_key: 'at', replication_key_value: new Digits('18446744073709551615') },
      new Digits('18446744073709551615'),
    ],
    ['of another key', { replication_key: 'id', replication_key_value: 5 }, undefined],
    ['without a key', { replication_key_value: 5 }, undefined],
    ['null', { replication_key: 'at', replication_key_value: null }, undefined],
    ['progress markers', { progress_markers: { replication_key: 'at', replication_key_value: 5 } }, undefined],
    ['none', {}, undefined],
  ]
  for (const [what, bookmark, expected] of rows)
    it(what, () => expect(positionOf(bookmark, 'at')).to.deep.equal(expected))
})

describe('a state is a value', () => {
  const names = fc.oneof(fc.string(), fc.constantFrom('__proto__', 'constructor', 'a.b', 'bookmarks'))

  it('a bookmark comes back as it was put in, and nothing else changes', () => {
    fc.assert(
      fc.property(fc.dictionary(names, fc.dictionary(names, fc.json())), names, fc.integer(), (bookmarks, id, n) => {
        const state = parseJson(JSON.stringify({ bookmarks, other: [1] })) as JsonObject
        const before = stableText(state)
        const after = withCurrentlySyncing(withBookmark(state, id, { n }), id)
        expect(bookmarkOf(after, id)).to.deep.equal({ n })
        for (const other of Object.keys(bookmarks).filter((name) => name !== id)) {
          expect(bookmarkOf(after, other)).to.deep.equal(bookmarkOf(state, other))
        }
        expect(after).to.deep.include({ other: [1], currently_syncing: id })
        expect(stableText(state)).to.equal(before)
      }),
    )
  })

  it('a stream that is called like a method has no bookmark', () => {
    for (const id of ['constructor', '__proto__', 'toString'])
      expect(bookmarkOf({ bookmarks: {} }, id)).to.deep.equal({})
  })
})
