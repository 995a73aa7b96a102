import { expect } from 'chai'
import fc from 'fast-check'
import { States, type Unfinished } from '../../target-s3-csv/states.js'

/** Objects by name: `open('a')` holds records, `done('a')` is durable. */
function scene() {
  const states = new States()
  const objects = new Map<string, Unfinished>()
  return {
    open: (name: string) => void objects.set(name, { waiting: undefined }),
    done: (name: string) => void objects.delete(name),
    receive: (text: string) => states.receive(text, objects.values()),
    safe: () => states.safe(objects.values()),
  }
}

describe('states', () => {
  it('pass at once when nothing is open', () => {
    const { receive, safe } = scene()
    receive('1')
    expect(safe()).to.equal('1')
  })

  it('wait for the records before them', () => {
    const { open, done, receive, safe } = scene()
    open('a')
    receive('1')
    expect(safe()).to.equal(undefined)
    done('a')
    expect(safe()).to.equal('1')
  })

  it('do not wait for records after them', () => {
    const { open, receive, safe } = scene()
    receive('1')
    open('a')
    expect(safe()).to.equal('1')
  })

  it('wait for every stream: the newest that is safe is given', () => {
    const { open, done, receive, safe } = scene()
    open('a')
    receive('1')
    open('b')
    receive('2')
    receive('3')
    done('a')
    expect(safe()).to.equal('1')
    done('b')
    expect(safe()).to.equal('3')
  })

  it('move on although there is always something open', () => {
    const { open, done, receive, safe } = scene()
    open('a')
    receive('1')
    open('b')
    receive('2')
    done('a')
    open('c')
    expect(safe()).to.equal('1')
    receive('3')
    done('b')
    expect(safe()).to.equal('2')
  })

  it('are never the same twice in a row, and never empty', () => {
    const { receive, safe } = scene()
    const given = ['1', '1', '{}', '{ }', '2', '1'].map((text) => {
      receive(text)
      return safe()
    })
    expect(given).to.deep.equal(['1', undefined, undefined, undefined, '2', '1'])
  })

  it('an empty one does not hide the one before it', () => {
    const { open, done, receive, safe } = scene()
    open('a')
    receive('1')
    receive('{}')
    done('a')
    expect(safe()).to.equal('1')
  })

  it('given are always eligible, the newest such, and the last one received at the end', () => {
    const step = fc.oneof(
      fc.record({ do: fc.constant('open' as const), name: fc.constantFrom('a', 'b', 'c') }),
      fc.record({ do: fc.constant('done' as const), name: fc.constantFrom('a', 'b', 'c') }),
      fc.record({ do: fc.constant('state' as const), name: fc.constant('') }),
    )
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const { open, done, receive, safe } = scene()
        // For each open object the number of states before its first record.
        const since = new Map<string, number>()
        let received = 0
        let given = 0
        for (const { do: action, name } of steps) {
          if (action === 'open' && !since.has(name)) {
            since.set(name, received)
            open(name)
          } else if (action === 'done') {
            since.delete(name)
            done(name)
          } else if (action === 'state') receive(String(++received))
          const eligible = Math.min(received, ...since.values())
          const text = safe()
          if (text !== undefined) given = Number(text)
          expect(given).to.equal(Math.max(given, eligible), 'too old')
          expect(given).to.be.at.most(eligible)
        }
      }),
    )
  })
})
