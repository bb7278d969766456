import { foundSite } from '../../../control/found-site.ts'
import { facts } from '../../table.ts'
import { readOptions } from './options.ts'
import type { Handler } from '../../command.ts'

export const handler: Handler = async (input, io) => {
  const options = readOptions(input)
  const { site, network, fingerprint, recoveryFile } = await foundSite(options)

  io.result({ id: site, network, fingerprint, dir: options.dir, recoveryFile }, facts([
    ['id', site],
    ['network', network],
    ['fingerprint', fingerprint],
    ['directory', options.dir],
    ['recovery key', recoveryFile]
  ]))
  io.note(`
Move ${recoveryFile} to a place that is offline, such as a stick in a drawer: it alone can
take the network back after a theft of this machine's keys.
Next: beam-node start --dir ${options.dir}`)

  return 0
}
