import { chmod, lstat, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'aegir/chai'
import { fileExists, readPrivateFile, readPrivateFileIfThere, writePrivateFile } from '../../src/core/files.ts'

describe('private files', () => {
  let dir: string

  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'beam-files-'))
  })

  afterEach(async () => {
    await rm(dir, { recursive: true, force: true })
  })

  it('are for their owner only, in a directory for its owner only, whatever the umask', async () => {
    const umask = process.umask(0)

    try {
      await writePrivateFile(join(dir, 'keys', 'a.key'), 'secret')
    } finally {
      process.umask(umask)
    }

    expect((await lstat(join(dir, 'keys', 'a.key'))).mode & 0o777).to.equal(0o600)
    expect((await lstat(join(dir, 'keys'))).mode & 0o777).to.equal(0o700)
    expect(Buffer.from(await readPrivateFile(join(dir, 'keys', 'a.key'))).toString()).to.equal('secret')
    expect(await readdir(join(dir, 'keys'))).to.deep.equal(['a.key'])
  })

  it('name the place where no directory can be made, at once', async () => {
    await writeFile(join(dir, 'file'), '')
    await expect(writePrivateFile(join(dir, 'file', 'keys', 'a.key'), 'secret')).to.eventually.be.rejectedWith(/^dir cannot hold .*: a part of the path is a file/)
    await expect(writePrivateFile(join(dir, 'file', 'a.key'), 'secret')).to.eventually.be.rejectedWith(/^dir cannot hold .*: it is a file/)

    if (process.platform === 'linux') {
      // Node's recursive mkdir never ends here
      await expect(writePrivateFile('/proc/no/such/a.key', 'secret')).to.eventually.be.rejectedWith(/^dir cannot hold \/proc\/no: nothing can be made there/)
    }
  })

  it('are never overwritten, nor is what a link points to', async () => {
    const path = join(dir, 'a.key')
    await writePrivateFile(path, 'first')
    await expect(writePrivateFile(path, 'second')).to.eventually.be.rejectedWith(/exists already and is never overwritten/)
    expect(await readFile(path, 'utf8')).to.equal('first')

    await symlink(path, join(dir, 'link'))
    await expect(writePrivateFile(join(dir, 'link'), 'second')).to.eventually.be.rejectedWith(/never overwritten/)
    expect(await readFile(path, 'utf8')).to.equal('first')
    expect((await readdir(dir)).sort()).to.deep.equal(['a.key', 'link'])
  })

  it('of several writers, one wins and is whole', async () => {
    const path = join(dir, 'a.key')
    const outcomes = await Promise.allSettled([...new Array(8).keys()].map(async n => writePrivateFile(path, String(n).repeat(5_000))))

    expect(outcomes.filter(({ status }) => status === 'fulfilled')).to.have.lengthOf(1)
    expect(await readFile(path, 'utf8')).to.match(/^(\d)\1{4999}$/)
    expect(await readdir(dir)).to.deep.equal(['a.key'])
  })

  it('are refused when others can use them, with the command that helps', async () => {
    const path = join(dir, 'a.key')

    for (const mode of [0o640, 0o604, 0o660, 0o644, 0o601]) {
      await writeFile(path, 'secret')
      await chmod(path, mode)
      await expect(readPrivateFile(path)).to.eventually.be.rejectedWith(`run chmod 600 ${path}`).and.have.property('code', 'UNSAFE_FILE')
    }

    await chmod(path, 0o400)
    expect(Buffer.from(await readPrivateFile(path)).toString()).to.equal('secret')
  })

  it('must be plain files of a sane size', async () => {
    await writePrivateFile(join(dir, 'a.key'), 'secret')
    await symlink(join(dir, 'a.key'), join(dir, 'link'))
    await expect(readPrivateFile(join(dir, 'link'))).to.eventually.be.rejectedWith(/symbolic link/)
    await mkdir(join(dir, 'directory'), { mode: 0o700 })
    await expect(readPrivateFile(join(dir, 'directory'))).to.eventually.be.rejectedWith(/plain file/)
    await writePrivateFile(join(dir, 'large'), new Uint8Array(65_537))
    await expect(readPrivateFile(join(dir, 'large'))).to.eventually.be.rejectedWith(/at most 65536/)
  })

  it('may be missing', async () => {
    expect(await readPrivateFileIfThere(join(dir, 'none'))).to.equal(undefined)
    await expect(readPrivateFile(join(dir, 'none'))).to.eventually.be.rejected.with.property('code', 'ENOENT')
    expect(await fileExists(join(dir, 'none'))).to.equal(false)
    expect(await fileExists(dir)).to.equal(true)
  })
})
