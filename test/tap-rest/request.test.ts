import { expect } from 'chai'
import { Digits, type Json } from '../../singer/index.js'
import { withValue } from '../../tap-rest/paging/place.js'
import { requestOf } from '../../tap-rest/paging/request.js'
import { withParams } from '../../tap-rest/paging/url-query.js'
import { parseTemplate } from '../../tap-rest/settings/template.js'

const scopes = { parent: { id: new Digits('12345678901234567890'), gone: null, name: 'a b&c', tags: ['x', 'y'] } }

interface Written {
  readonly url?: string
  readonly params?: Record<string, Json>
  readonly headers?: Record<string, Json>
  readonly body?: Json
}

const templates = (values: Record<string, Json> = {}) =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, parseTemplate(value)]))

function requestFor({ url = 'https://api.example.com/x', params, headers, body }: Written) {
  const plan = {
    method: 'GET',
    url: parseTemplate(url, { encode: encodeURIComponent }),
    params: templates(params),
    headers: templates(headers),
    ...(body !== undefined && { body: { type: 'json' as const, value: parseTemplate(body) } }),
  }
  return requestOf(plan, scopes)
}

describe('tap-rest request', () => {
  it('has no URL for half of a surrogate pair', () => {
    const ask = () => requestFor({ params: { q: '\ud800' } })
    expect(ask).to.throw('a value holds half of a surrogate pair, which no URL can carry')
  })

  const urls: readonly [title: string, written: Written, search: string][] = [
    ['no parameters', {}, ''],
    ['texts, percent-encoded', { params: { q: 'a b+c&d=é' } }, '?q=a%20b%2Bc%26d%3D%C3%A9'],
    ['numbers and yes or no', { params: { n: 10, is: true } }, '?n=10&is=true'],
    ['placeholders with all their digits', { params: { id: '{parent.id}' } }, '?id=12345678901234567890'],
    ['lists as repeated parameters', { params: { tag: ['a', 'b'], t: '{parent.tags}' } }, '?tag=a&tag=b&t=x&t=y'],
    ['objects as JSON', { params: { filter: { a: [1] } } }, '?filter=%7B%22a%22%3A%5B1%5D%7D'],
    ['no null, absent or empty ones', { params: { a: null, b: '{parent.gone}', c: '{parent.none}', d: [] } }, ''],
    ['an empty text', { params: { a: '' } }, '?a='],
    [
      'what the path has already, as it is spelled',
      { url: 'https://x.io/a?$top=5&q=a+b', params: { p: 1 } },
      '?$top=5&q=a+b&p=1',
    ],
    ['instead of those that the path has', { url: 'https://x.io/a?p=0&q=1', params: { p: 1 } }, '?q=1&p=1'],
    ['without the part behind #', { url: 'https://x.io/a#b', params: { p: 1 } }, '?p=1'],
  ]
  for (const [title, written, search] of urls) {
    it(`puts into the URL ${title}`, () => {
      const { url } = requestFor(written)
      expect([url.search, url.hash]).to.deep.equal([search, ''])
    })
  }

  it('percent-encodes placeholders in the path', () => {
    expect(requestFor({ url: 'https://x.io/a/{parent.name}' }).url.pathname).to.equal('/a/a%20b%26c')
  })

  it('names headers in lower case and leaves out those without a value', () => {
    const { headers } = requestFor({
      headers: { 'X-Id': '{parent.id}', 'X-Gone': '{parent.gone}', 'X-T': '{parent.tags}' },
    })
    expect(headers).to.deep.equal({ 'x-id': '12345678901234567890', 'x-t': 'x, y' })
  })

  it('keeps the types of a body', () => {
    const { body } = requestFor({ body: { id: '{parent.id}', n: 1, no: null } })
    expect(body).to.deep.equal({ type: 'json', value: { id: new Digits('12345678901234567890'), n: 1, no: null } })
  })

  it('refuses what is no URL', () => {
    expect(() => requestFor({ url: '/issues' })).to.throw('base_url and path make no URL: /issues')
  })

  it('refuses to page in a raw body', () => {
    const url = new URL('https://x.io/')
    const request = { method: 'POST', url, headers: {}, body: { type: 'raw' as const, value: 'a=1' } }
    expect(() => withValue(request, { body: ['page'] }, 2)).to.throw('paging cannot set a value in a raw body')
  })

  it('gives a parameter several values, and takes away one without', () => {
    const changed = (values: string[]) =>
      withParams(new URL('https://x.io/?a=1&%62=2&b=3'), new Map([['b', values]])).search
    expect([changed(['4', '5']), changed([])]).to.deep.equal(['?a=1&b=4&b=5', '?a=1'])
  })
})
