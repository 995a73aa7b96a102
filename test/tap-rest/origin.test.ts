import { expect } from 'chai'
import { SourceError } from '../../singer/index.js'
import { assertAllowed } from '../../tap-rest/http/origin.js'
import { urlText } from '../../tap-rest/http/url-text.js'
import { connectionTo } from './sending.js'

const others = ['https://cdn.example.com', 'files.example.com', 'a.example.com:8443', 'http://plain.example.com']

describe('tap-rest origins', () => {
  const rows: readonly (readonly [base: string, url: string, allowed: boolean])[] = [
    ['https://api.example.com/v1', 'https://api.example.com/other?x=1', true],
    ['https://api.example.com/v1', 'https://API.example.com:443/', true],
    ['https://api.example.com/v1', 'https://user:pw@api.example.com/', true],
    ['https://api.example.com/v1', 'http://api.example.com/', false],
    ['https://api.example.com/v1', 'https://api.example.com:444/', false],
    ['https://api.example.com/v1', 'https://api.example.com.evil.org/', false],
    ['https://api.example.com/v1', 'https://api.example.com@evil.org/', false],
    ['https://api.example.com/v1', 'https://evil.org/?api.example.com', false],
    ['https://api.example.com/v1', 'https://xapi.example.com/', false],
    ['https://api.example.com/v1', 'ftp://api.example.com/', false],
    ['https://api.example.com/v1', 'file:///etc/passwd', false],
    ['https://api.example.com/v1', 'data:,x', false],
    ['https://api.example.com/v1', 'https://cdn.example.com/x', true],
    ['https://api.example.com/v1', 'https://cdn.example.com:8443/x', false],
    ['https://api.example.com/v1', 'https://files.example.com/x', true],
    ['https://api.example.com/v1', 'https://files.example.com:444/x', false],
    ['https://api.example.com/v1', 'https://a.example.com:8443/x', true],
    ['https://api.example.com/v1', 'https://a.example.com/x', false],
    ['https://api.example.com/v1', 'http://files.example.com/x', false],
    ['https://api.example.com/v1', 'http://plain.example.com/x', false],
    ['http://api.example.com/v1', 'https://api.example.com/', false],
    ['http://api.example.com/v1', 'http://files.example.com/', true],
    ['http://api.example.com/v1', 'https://files.example.com/', true],
    ['http://api.example.com/v1', 'http://plain.example.com/', true],
    ['http://api.example.com/v1', 'http://cdn.example.com/', false],
  ]
  for (const [base, url, allowed] of rows) {
    it(`base_url ${base} ${allowed ? 'allows' : 'refuses'} ${url}`, () => {
      const check = () => assertAllowed(new URL(url), connectionTo(base, { allowHosts: others }))
      if (allowed) expect(check).not.to.throw()
      else expect(check).to.throw(SourceError)
    })
  }

  it('the failure names the origin and allow_hosts, nothing else of the URL', () => {
    const check = () =>
      assertAllowed(new URL('https://u:pw@evil.org/path?secret=1#f'), connectionTo('https://api.example.com'))
    expect(check).to.throw(
      'https://evil.org is not followed, nothing was sent there: it is not https://api.example.com; add it to allow_hosts if it is yours',
    )
  })

  const texts: readonly (readonly [url: string, text: string])[] = [
    ['https://u:pw@h.org/a/b?token=x&since=2024#f', 'https://h.org/a/b?token&since'],
    ['https://h.org/a?b=1&b=2&c', 'https://h.org/a?b&…'],
    ['https://h.org/a?0123456789abcdef', 'https://h.org/a?…'],
    ['https://h.org', 'https://h.org/'],
    ['https://h.org/a?', 'https://h.org/a'],
  ]
  for (const [url, text] of texts) {
    it(`${url} is printed as ${text}`, () => {
      expect(urlText(new URL(url))).to.equal(text)
    })
  }
})
