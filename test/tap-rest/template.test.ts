import { expect } from 'chai'
import fc from 'fast-check'
import { ConfigError, type Json, jsonText, parseJson, SourceError } from '../../singer/index.js'
import { literal, parseTemplate, type Scopes } from '../../tap-rest/settings/template.js'

const scopes: Scopes = {
  config: { repo: 'a/b c' },
  now: '2024-03-05T06:07:08.090Z',
  window: { start: '2024-01-01T02:00:00+02:00' },
  parent: parseJson(
    '{"id": 12345678901234567890, "n": 7, "name": "ä/b", "tags": ["x", 1.10], "deep": {"a.b": {"c": true}}, "none": null, "empty": "", "made": 1704067200, "made_ms": 1704067200123, "day": "2024-02-29"}',
  ),
  list: 'eu',
}

describe('templates', () => {
  describe('are filled in', () => {
    const rows: [template: string, expected: string][] = [
      ['plain', '"plain"'],
      ['', '""'],
      ['/repos/{config.repo}/issues', '"/repos/a/b c/issues"'],
      ['{parent.id}', '12345678901234567890'],
      ['{parent.n}', '7'],
      ['{parent.tags}', '["x",1.10]'],
      ['{parent.deep["a.b"].c}', 'true'],
      ["{parent.deep['a.b']}", '{"c":true}'],
      ['{parent.tags[1]}', '1.10'],
      ['{parent.tags[-2]}', '"x"'],
      ['{parent.none}', 'null'],
      ['{list}', '"eu"'],
      ['id {parent.id} of {list}', '"id 12345678901234567890 of eu"'],
      ['{parent.deep["a.b"].c}!', '"true!"'],
      ['{{parent.id}}', '"{parent.id}"'],
      ['{{{parent.n}}}', '"{7}"'],
      ['query {{ a {{ b }} }}', '"query { a { b } }"'],
      ['{parent.tags|join(,)}', '"x,1.10"'],
      ['{parent.tags|join("), ")}', '"x), 1.10"'],
      ['{parent.n|join(,)}', '"7"'],
      ['{parent.tags | json}', '"[\\"x\\",1.10]"'],
      ['a={parent.deep|json}', '"a={\\"a.b\\":{\\"c\\":true}}"'],
      ['{parent.name|urlencode}', '"%C3%A4%2Fb"'],
      ['{parent.nope|default(0)}', '0'],
      ['{parent.none|default(1.10)}', '1.10'],
      ['{parent.empty|default(x y)}', '"x y"'],
      ['{parent.nope|default()}', '""'],
      ['{parent.nope|default(2024-01-01)}', '"2024-01-01"'],
      ['{parent.n|default(0)}', '7'],
      ['{now}', '"2024-03-05T06:07:08.090Z"'],
      ['{now|iso}', '"2024-03-05T06:07:08.090+00:00"'],
      ['{now|iso_z}', '"2024-03-05T06:07:08.090Z"'],
      ['{window.start|iso_z}', '"2024-01-01T00:00:00Z"'],
      ['{now|date}', '"2024-03-05"'],
      ['{now|epoch}', '1709618828'],
      ['{now|epoch_ms}', '1709618828090'],
      ['{parent.made|iso_z}', '"2024-01-01T00:00:00Z"'],
      ['{parent.made_ms|iso_z}', '"2024-01-01T00:00:00.123Z"'],
      ['{parent.day|epoch}', '1709164800'],
      ['{now|strftime(%d/%m/%y %H:%M:%S.%f %% %j)}', '"05/03/24 06:07:08.090000 % 065"'],
      ['since:{now|strftime(%Y%m%dT%H%M%SZ)}', '"since:20240305T060708Z"'],
    ]
    for (const [template, expected] of rows) {
      it(`${template} → ${expected}`, () => {
        const value = parseTemplate(template).render(scopes)
        expect(value === undefined ? 'absent' : jsonText(value)).to.equal(expected)
      })
    }
  })

  it('are absent when their only placeholder is, and when there is no state yet', () => {
    for (const text of ['{parent.nope}', '{parent.nope.deeper|iso}', '{state}', 'gt{state}', '{state|date}..']) {
      expect(parseTemplate(text).render(scopes), text).to.equal(undefined)
    }
    expect(parseTemplate('gt{state}').render({ state: '5' })).to.equal('gt5')
  })

  it('stand at every depth of a body; what is absent is left out, and digits stay', () => {
    const body = parseJson(
      '{"first": 1.10, "after": "{state}", "ids": ["{parent.n}", "{parent.nope}", 2], "deep": {"x": "{list}", "y": null}}',
    )
    expect(jsonText(parseTemplate(body).render(scopes) ?? null)).to.equal(
      '{"first":1.10,"ids":[7,2],"deep":{"x":"eu","y":null}}',
    )
  })

  it('name what they refer to', () => {
    expect(parseTemplate({ a: '{parent.user.id}', b: ['x{config.repo}'] }).references).to.deep.equal([
      { scope: 'parent', path: ['user', 'id'] },
      { scope: 'config', path: ['repo'] },
    ])
  })

  describe('that cannot be filled in stop the run, without the value', () => {
    const rows: [template: string, problem: string][] = [
      ['/x/{parent.nope}', '{parent.nope}: has no value here'],
      ['/x/{parent.none}', '{parent.none}: has no value here'],
      ['/x/{parent.tags}', '{parent.tags}: is a list or an object; add a filter such as |join(,) or |json'],
      ['{parent.name|epoch}', '{parent.name|epoch}: holds no time'],
    ]
    for (const [template, problem] of rows) {
      it(`${template} — ${problem}`, () => {
        expect(() => parseTemplate(template).render(scopes)).to.throw(SourceError, problem)
      })
    }
  })

  describe('that are wrong are told', () => {
    const rows: [template: Json, ...problems: string[]][] = [
      ['{parnt.id}', '{parnt.id}: parnt is no scope; did you mean parent? (a brace is written {{)'],
      ['{parent.at|isoz}', '{parent.at|isoz}: isoz is no filter; did you mean iso_z?'],
      ['{parent.at|strftime}', '{parent.at|strftime}: strftime: needs a pattern, such as strftime(%Y-%m-%d)'],
      [
        '{parent.at|strftime(%Q)}',
        '{parent.at|strftime(%Q)}: strftime: there is no %Q; known are %Y %y %m %B %b %d %e %j %A %a %H %I %p %M %S %f %s %z %Z %% %F %T %R %D',
      ],
      ['{parent.at|json(2)}', '{parent.at|json(2)}: json: takes nothing in parentheses'],
      [
        '{ viewer }',
        '{ viewer : is no placeholder such as {config.repo} or {parent.id|json}; a brace is written {{ or }}',
      ],
      [
        '{parent.id',
        '{parent.id: is no placeholder such as {config.repo} or {parent.id|json}; a brace is written {{ or }}',
      ],
      ['a } b', '} at column 3 ends no placeholder; a brace is written }}'],
      [
        { a: { b: '{stat}' }, c: ['{now|iso', 'x'] },
        'a.b: {stat}: stat is no scope; did you mean state? (a brace is written {{)',
        'c.0: {now|iso: is no placeholder such as {config.repo} or {parent.id|json}; a brace is written {{ or }}',
      ],
    ]
    for (const [template, ...problems] of rows) {
      it(`${jsonText(template)} — ${problems.join('; ')}`, () => {
        expect(() => parseTemplate(template))
          .to.throw(ConfigError)
          .with.property('message', problems.join('\n'))
      })
    }
  })

  it('know values that are given beforehand, and miss those that are not among them', () => {
    const bound = { config: { repo: 'r' }, env: { TOKEN: 't' } }
    expect(parseTemplate('{config.repo}/{env.TOKEN}/{list}', { bound }).render({ list: 1 })).to.equal('r/t/1')
    expect(parseTemplate('{config.x|default(y)}', { bound }).render({})).to.equal('y')
    expect(() => parseTemplate('{config.rep}', { bound })).to.throw(
      ConfigError,
      '{config.rep}: rep is not set; did you mean repo?',
    )
    expect(() => parseTemplate('Bearer {env.TOKN}', { bound })).to.throw(
      ConfigError,
      'the variable TOKN of the environment is not set',
    )
  })

  it('are any text, once its braces are doubled', () => {
    const text = fc.string({ unit: fc.constantFrom('{', '}', '|', 'a', '.', 'ä', '\n') })
    fc.assert(fc.property(text, (any) => parseTemplate(literal(any)).render({}) === any))
    fc.assert(fc.property(fc.string(), (any) => parseTemplate(literal(any)).render({}) === any))
  })

  it('give any value back as it is', () => {
    fc.assert(
      fc.property(fc.json(), (json) => {
        const value = parseJson(json)
        expect(jsonText(parseTemplate('{parent}').render({ parent: value }) ?? null)).to.equal(jsonText(value))
      }),
    )
  })
})
