import { expect } from 'chai'
import { Digits, type Json } from '../../singer/index.js'
import type { BodyType } from '../../tap-rest/http/http.js'
import { encodeBody } from '../../tap-rest/http/request-body.js'
import { bodyOf, get, send, serve } from './sending.js'

describe('tap-rest request bodies', () => {
  const rows: readonly (readonly [BodyType, Json, string])[] = [
    ['json', { a: 1, b: [null, 'ü'] }, '{"a":1,"b":[null,"ü"]}'],
    ['json', { id: new Digits('12345678901234567890') }, '{"id":12345678901234567890}'],
    ['json', null, 'null'],
    ['json', 'text', '"text"'],
    ['form', { a: 'x y&z', b: 1, c: true }, 'a=x+y%26z&b=1&c=true'],
    ['form', { a: [1, 2], b: null, c: '' }, 'a=1&a=2&c='],
    ['form', { a: { b: 1 } }, 'a=%7B%22b%22%3A1%7D'],
    ['form', { id: new Digits('1.10') }, 'id=1.10'],
    ['form', 'a=1&b=2', 'a=1&b=2'],
    ['raw', '<a>é</a>', '<a>é</a>'],
    ['raw', { a: 1 }, '{"a":1}'],
  ]
  for (const [type, value, text] of rows) {
    it(`${type} ${JSON.stringify(value)} is sent as ${text}`, async () => {
      expect(encodeBody({ type, value }).text).to.equal(text)
      const server = await serve(async (request, response) => response.end(JSON.stringify(await bodyOf(request))))
      const { answer } = await send({ ...get(server.url), method: 'POST', body: { type, value } })
      expect(JSON.parse(answer?.response.body.toString() ?? '')).to.equal(text)
      await server.close()
    })
  }

  it('has the content type of its kind, unless the headers have one', async () => {
    const server = await serve((request, response) => response.end(request.headers['content-type']))
    const post = (type: BodyType, headers = {}) =>
      send({ ...get(server.url, headers), method: 'POST', body: { type, value: {} } })
    const types = [
      await post('json'),
      await post('form'),
      await post('raw'),
      await post('json', { 'content-type': 'application/vnd.api+json' }),
    ]
    expect(types.map(({ answer }) => answer?.response.body.toString())).to.deep.equal([
      'application/json',
      'application/x-www-form-urlencoded',
      'text/plain;charset=UTF-8',
      'application/vnd.api+json',
    ])
    await server.close()
  })
})
