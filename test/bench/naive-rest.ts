// The loop that one writes first: fetch, JSON.parse, JSON.stringify of each record, one write a page. Arguments: URL of the
// items, without its page.
import { once } from 'node:events'

const [url = ''] = process.argv.slice(2)
for (let page = 1; ; page++) {
  const response = await fetch(`${url}?page=${page}`)
  const { data } = JSON.parse(await response.text())
  if (data.length === 0) break
  let lines = ''
  for (const record of data) lines += `${JSON.stringify({ type: 'RECORD', stream: 'items', record })}\n`
  if (!process.stdout.write(lines)) await once(process.stdout, 'drain')
}
