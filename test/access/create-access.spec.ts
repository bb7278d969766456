import { expect } from 'aegir/chai'
import { createAccess } from '../../src/access/create-access.ts'
import type { Operation, Principal } from '../../src/access/index.ts'

const { authorize } = createAccess()
const app: Principal = { kind: 'app', id: 'app1.site1.net', site: 'site1.net' }
const site: Principal = { kind: 'site', id: 'site2.net' }
const operator: Principal = { kind: 'operator' }
const anonymous: Principal = { kind: 'anonymous' }

describe('authorize', () => {
  it('gives each kind of principal its operations and no other', () => {
    const operations: Operation[] = ['task.create', 'task.list', 'task.read', 'task.receive', 'task.deliveries', 'result.put', 'result.list', 'result.receive', 'worker.announce', 'worker.find', 'site.list', 'health', 'openapi', 'operate']
    const allowed = (principal: Principal): Operation[] => operations.filter((operation) => authorize(principal, operation).allowed)

    expect(allowed(app)).to.have.members(['task.create', 'task.list', 'task.read', 'task.deliveries', 'result.put', 'result.list', 'worker.announce', 'worker.find', 'site.list', 'health', 'openapi'])
    expect(allowed(site)).to.have.members(['task.receive', 'result.receive', 'worker.find'])
    expect(allowed(operator)).to.include('operate').and.not.include('task.create')
    expect(allowed(anonymous)).to.have.members(['health', 'openapi'])
  })

  it('lets an app speak for itself only', () => {
    expect(authorize(app, 'task.create', { from: 'app1.site1.net' }).allowed).to.equal(true)

    for (const from of ['app2.site1.net', 'app1.site2.net', 'site1.net', 'x.app1.site1.net', '']) {
      expect(authorize(app, 'task.create', { from }).allowed, from).to.equal(false)
    }
  })

  it('lets a site speak for its own apps only', () => {
    expect(authorize(site, 'task.receive', { from: 'any.site2.net' }).allowed).to.equal(true)

    for (const from of ['any.site1.net', 'any.xsite2.net', 'a.b.site2.net', '.site2.netx']) {
      expect(authorize(site, 'task.receive', { from }).allowed, from).to.equal(false)
    }
  })

  it('shows a task to its creator and its recipients', () => {
    expect(authorize(app, 'task.read', { owner: 'app1.site1.net' }).allowed).to.equal(true)
    expect(authorize(app, 'task.read', { owner: 'other.site1.net', recipients: ['app1.site1.net'] }).allowed).to.equal(true)
    expect(authorize(app, 'task.read', { owner: 'other.site1.net', recipients: ['site1.net'] })).to.deep.equal({ allowed: false, reason: 'the app app1.site1.net is neither the creator nor a recipient' })
  })
})
