import { expect } from 'chai'
import { planned, problemsOf, settingsWith } from './planned.js'

describe('settings of tap-rest', () => {
  describe('that are wrong are told in words', () => {
    const rows: [stream: string, ...problems: string[]][] = [
      ['{path: /x, pagniate: link}', 'streams.s.pagniate: is not known; did you mean paginate?'],
      ['{paht: /x}', 'streams.s.paht: is not known; did you mean path?'],
      ['{path: /x, concurrency: many}', 'streams.s.concurrency: must be an integer, got a string that is none'],
      ['{path: /x, format: xml}', 'streams.s.format: must be one of "auto", "json", "ndjson", "csv"'],
      ['{path: /x, incremental: {param: since}}', 'streams.s.incremental.key: is required'],
      [
        '{path: /x, incremental: {key: a, parm: since}}',
        'streams.s.incremental.parm: is not known; did you mean param?',
      ],
      ['{path: /x, auth: {beare: x}}', 'streams.s.auth.beare: is not known; did you mean bearer?'],
      [
        '{path: /x, auth: {basic: {pasword: x}}}',
        'streams.s.auth.basic.pasword: is not known; did you mean password?',
        'streams.s.auth.basic.user: is required',
      ],
      ['{path: /x, retry: {atempts: 3}}', 'streams.s.retry.atempts: is not known; did you mean attempts?'],
      [
        '{path: /x, errors: [{when: status == 404, then: ignroe}]}',
        'streams.s.errors.0.then: must be one of "fail", "retry", "ignore", "stop", "refresh_token", "reset_pagination", "rate_limited"',
      ],
      ['{path: /x, flatten: {seperator: _}}', 'streams.s.flatten.seperator: is not known; did you mean separator?'],
      ['{path: /x, paginate: {kind: page, siez: 3}}', 'streams.s.paginate.siez: is not known; did you mean size?'],
    ]
    for (const [stream, ...problems] of rows) {
      it(`${stream} — ${problems.join('; ')}`, async () => {
        expect(await problemsOf(settingsWith(stream))).to.have.members(problems)
      })
    }

    it('no streams', async () => {
      expect(await problemsOf('base_url: https://x\nstreams: {}')).to.deep.equal(['streams: must not be empty'])
    })
  })

  it('take anything at the top level for {config.…}, and warn of what nobody uses', async () => {
    const { plan, lines } = await planned(
      settingsWith(
        '"/{config.repo}/{config.town}/{config.page}"',
        'repo: a\ntown: "{env.HOME_TOWN}"\npage: 1.10\nbase_ulr: x\ntap_id: 1',
      ),
    )
    expect(plan.streams.get('s')?.request.url.render({})).to.equal('https://api.example.com/v1/a/Ulm/1.10')
    expect(lines).to.deep.equal([
      'WARNING a setting is not known and has no effect setting=base_ulr did_you_mean=base_url',
      'WARNING a setting is not known and has no effect setting=tap_id',
    ])
  })

  it('know select and metadata, as every tap', async () => {
    const { lines } = await planned(settingsWith('/x', 'select: [s]\nmetadata: {s: {selected: true}}'))
    expect(lines).to.deep.equal([])
  })
})
