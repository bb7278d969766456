import { expect } from 'aegir/chai'
import { NOW, OTHER, bytes } from '../fixtures.ts'
import type { AppRow, Store } from '../../../src/store/index.ts'

export function suiteApps (get: () => Store): void {
  describe('apps, workers, addresses, values', () => {
    it('adds an app once, replaces its key, removes it', async () => {
      const app: AppRow = { name: 'app1', scheme: 'sha256', salt: bytes(16), hash: bytes(32), created: NOW }
      const rotated: AppRow = { ...app, scheme: 'scrypt', hash: bytes(32), created: NOW + 1 }

      expect(await get().replaceAppKey(app)).to.be.false()
      expect(await get().addApp(app)).to.be.true()
      expect(await get().addApp(rotated)).to.be.false()
      expect(await get().listApps({})).to.deep.equal([app])
      expect(await get().replaceAppKey(rotated)).to.be.true()
      expect(await get().listApps({})).to.deep.equal([{ ...rotated, created: NOW }])
      expect(await get().removeApp({ name: 'app1' })).to.be.true()
      expect(await get().removeApp({ name: 'app1' })).to.be.false()
      expect(await get().listApps({})).to.be.empty()
    })

    it('lists workers until their lease ends', async () => {
      const worker = { app: 'worker.s1.net', capabilities: ['stats.mean', 'stats.sd'], until: NOW + 10 }
      await get().putWorker({ ...worker, capabilities: ['old'] })
      await get().putWorker(worker)

      expect(await get().listWorkers({ now: NOW + 9 })).to.deep.equal([worker])
      expect(await get().listWorkers({ now: NOW + 10 })).to.be.empty()
      expect(await get().removeWorker({ app: worker.app })).to.be.true()
      expect(await get().removeWorker({ app: worker.app })).to.be.false()
    })

    it('keeps the newest addresses of a site, so many and no more', async () => {
      for (let i = 0; i < 20; i++) {
        await get().putAddress({ site: OTHER, address: `/ip4/127.0.0.1/tcp/${i}`, lastGood: NOW + i })
      }

      await get().putAddress({ site: OTHER, address: '/ip4/127.0.0.1/tcp/4', lastGood: NOW })
      const addresses = await get().listAddresses({})

      expect(addresses).to.have.lengthOf(16)
      expect(addresses[0]).to.deep.equal({ site: OTHER, address: '/ip4/127.0.0.1/tcp/19', lastGood: NOW + 19 })
      expect(addresses[15]).to.deep.equal({ site: OTHER, address: '/ip4/127.0.0.1/tcp/4', lastGood: NOW + 4 })
    })

    it('keeps values by name', async () => {
      await get().setMeta({ key: 'verified', value: '7' })
      await get().setMeta({ key: 'verified', value: '8' })

      expect(await get().getMeta({ key: 'verified' })).to.equal('8')
      expect(await get().getMeta({ key: 'nothing' })).to.be.undefined()
      expect(get().incarnation).to.equal(1)
      expect((await get().counts({ now: NOW })).bytes).to.be.above(0)
    })
  })
}
