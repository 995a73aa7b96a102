import { expect } from 'chai'
import { bookmarkIn } from '../../support/conformance/wire.js'
import { type Documented, discover, sync } from '../documented.js'
import { example } from './example.js'
import { type GitHub, issue, startGitHub, token } from './github-api.js'

const list = 'GET /repos/octokit/fixtures/issues?per_page=100&state=all&sort=updated&direction=asc'

describe('the example github', () => {
  let api: GitHub
  beforeEach(async () => {
    api = await startGitHub(103)
  })
  afterEach(() => api.close())

  it('reads all issues with their comments, then only what has changed', async () => {
    const documented: Documented = {
      settings: example('github'),
      api,
      override: { base_url: api.url },
      env: { GITHUB_TOKEN: token },
    }
    const catalog = await discover(documented)
    const first = await sync(documented, { catalog })
    expect(first.records.issues).to.deep.equal(api.issues)
    expect(first.records.comments).to.deep.equal(commentsWithNumber(api))
    const firstList = `${list}&since=2024-01-01T00:00:00Z`
    expect(first.requests.filter((request) => !request.includes('/comments'))).to.deep.equal([
      ...[firstList, `${firstList}&page=2`],
      ...[firstList, `${firstList}&page=2`], // the parents of the comments
    ])
    expect(first.requests.filter((request) => request.endsWith('/comments?per_page=100'))).to.have.length(103)
    expect(bookmarkIn(first.state, 'issues').replication_key_value).to.equal('2024-03-01T01:42:00Z')

    const changed = [issue(2, 200), issue(104, 201)]
    api.issues.splice(1, 1, ...changed)
    const second = await sync(documented, { catalog, state: first.state })
    expect(second.records.issues).to.deep.equal(changed)
    expect(second.requests[0]).to.equal(`${list}&since=2024-03-01T01:42:00Z`)
    expect(bookmarkIn(second.state, 'issues').replication_key_value).to.equal('2024-03-01T03:21:00Z')
  })
})

function commentsWithNumber({ issues, commentsOf }: GitHub) {
  return issues.flatMap(({ number }) => commentsOf(number).map((comment) => ({ issue_number: number, ...comment })))
}
