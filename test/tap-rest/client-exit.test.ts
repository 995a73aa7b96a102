import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect } from 'chai'
import { serve } from './sending.js'

const modules = ['../../tap-rest/http/client.js', './sending.js'].map((path) => new URL(path, import.meta.url).href)

describe('tap-rest client: the process', () => {
  const uses: Readonly<Record<string, string>> = {
    'a good answer': 'await client.send(get(url), policyOf())',
    'a failure': `await client.send(get(url + '/404'), policyOf()).catch(() => undefined)`,
    'many requests': `await Promise.all(Array.from({ length: 20 }, () => client.send(get(url), policyOf())))`,
    'a request under way': `client.send(get(url + '/never'), policyOf({ isSafe: false })).catch(() => undefined); await wait(100)`,
    'an aborted wait': `const sent = client.send(get(url + '/later'), policyOf()).catch(() => undefined)
      await wait(100); abort.abort(new Error('stopped')); await sent`,
    'no request': '',
  }
  for (const [title, use] of Object.entries(uses)) {
    it(`ends by itself after ${title}, once the client is closed`, async () => {
      const server = await serve(({ url }, response) => {
        if (url === '/never') return
        if (url === '/later') return response.writeHead(429, { 'retry-after': '4' }).end()
        return response.writeHead(url === '/404' ? 404 : 200).end('[]')
      })
      const script = `
        const [{ openClient }, { connectionTo, get, noAuth, policyOf, testContext }] = await Promise.all(${JSON.stringify(modules)}.map((file) => import(file)))
        const url = '${server.url}'
        const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms))
        const abort = new AbortController()
        const client = openClient(connectionTo(url), { context: testContext(abort.signal), authOf: () => noAuth })
        ${use}
        await client.close()
        const closed = performance.now()
        process.on('exit', () => console.log(Math.round(performance.now() - closed)))`
      const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], {
        timeout: 20_000,
      })
      expect(Number(stdout)).to.be.below(1_000)
      await server.close()
    })
  }
})
