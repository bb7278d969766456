/**
 * Browsers say where a request comes from. Nothing but a page of this very origin
 * may use the API from a browser; programs send neither header.
 */
export function isCrossSite (headers: { origin?: string, 'sec-fetch-site'?: string | string[] }, host: string, scheme: 'http' | 'https'): boolean {
  return (headers.origin != null && headers.origin !== `${scheme}://${host}`) || headers['sec-fetch-site'] === 'cross-site'
}
