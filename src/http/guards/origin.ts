/** What a page of this very origin, or a person who types the address, makes a browser say */
const OWN = new Set<unknown>([undefined, 'same-origin', 'none'])

/**
 * Browsers say where a request comes from. Nothing but a page of this very origin
 * may use the API from a browser; programs send neither header. `same-site` is
 * refused too: it is what any other port of localhost says.
 */
export function isCrossSite (headers: { origin?: string, 'sec-fetch-site'?: string | string[] }, host: string, scheme: 'http' | 'https'): boolean {
  return (headers.origin != null && headers.origin !== `${scheme}://${host}`) || !OWN.has(headers['sec-fetch-site'])
}
