import { joinSite } from '../../../control/join-site.ts'
import { facts } from '../../table.ts'
import { readOptions } from './options.ts'
import type { Handler } from '../../command.ts'

export const handler: Handler = async (input, io) => {
  const options = await readOptions(input)
  const joined = await joinSite({ ...options, onProgress: text => { io.note(text) } })

  io.result({ id: joined.site, network: joined.network, fingerprint: joined.fingerprint, peerId: joined.peerId, entries: joined.entries, dir: options.dir }, facts([
    ['id', joined.site],
    ['network', joined.network],
    ['fingerprint', joined.fingerprint],
    ['roster', `${joined.entries} entries`],
    ['directory', options.dir]
  ]))
  io.note(`\nCompare the fingerprint with the one that "beam-node id" shows at the inviter.\nNext: beam-node start --dir ${options.dir}`)

  return 0
}
