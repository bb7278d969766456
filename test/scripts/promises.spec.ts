import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect } from 'aegir/chai'

const root = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url))
const rows = readFileSync(root('docs/promises.md'), 'utf8').split('\n').filter(line => /^\| (?!promise \|)/.test(line))

describe('docs/promises.md', () => {
  it('has a way to see each promise', () => {
    expect(rows.length).to.be.above(100)

    for (const row of rows) {
      expect(row).to.match(/^\| .+ \| .+ \|$/)
      expect(row.split(' | ').at(-1), row).to.match(/test\/|npm |docs\/|\.ci\/run|\.spec\.ts|\.ts`/)
    }
  })

  it('names only files that exist', () => {
    const named = new Set(rows.flatMap(row => row.match(/\b(test|docs|src|scripts)\/[\w./-]+\.(ts|md|json|js)\b/g) ?? []))

    expect(named.size).to.be.above(50)
    expect([...named].filter(path => !existsSync(root(path)))).to.deep.equal([])
  })
})

describe('the documentation', () => {
  it('names only tests that exist in docs/security.md', () => {
    const named = readFileSync(root('docs/security.md'), 'utf8').match(/\btest\/[\w./-]+\.ts\b/g) ?? []

    expect(named.length).to.be.above(10)
    expect(named.filter(path => !existsSync(root(path)))).to.deep.equal([])
  })

  for (const file of ['README.md', 'docs/README.md', 'docs/architecture.md', 'docs/security.md']) {
    it(`has no dead links in ${file}`, () => {
      const links = [...readFileSync(root(file), 'utf8').matchAll(/\]\((?!https?:)([^)#]+)/g)].map(match => match[1])
      const folder = file.slice(0, file.lastIndexOf('/') + 1)

      expect(links.filter(link => !existsSync(root(`${folder}${link}`)))).to.deep.equal([])
    })
  }
})
