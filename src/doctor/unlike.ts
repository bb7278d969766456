import type { Patient } from './index.ts'
import type { ProxyView } from '../network/proxy/index.ts'

/** What to do about it */
export const UNLIKE = 'HTTPS_PROXY of a shell is not known to a service: put the proxy into network.proxy of config.yaml and start the daemon again'

/** The daemon connects another way than this command: it was started with another environment, or earlier */
export function unlike ({ running }: Pick<Patient, 'running'>, view: ProxyView | undefined): string | undefined {
  if (running != null && running.proxy?.address !== view?.address) {
    return `the daemon connects ${running.proxy == null ? 'without a proxy' : `through ${running.proxy.address}`}, this command ${view == null ? 'without one' : `through ${view.address}`}`
  }
}
