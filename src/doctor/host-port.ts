/** Host and port of an address such as /dns4/site.example.org/tcp/443/wss; port 0 for one that has none of its own, as through a relay */
export function hostPort (address: string): { host: string, port: number } {
  const match = address.includes('/p2p-circuit') ? null : /^\/(?:ip4|ip6|dns|dns4|dns6)\/([^/]+)\/tcp\/(\d{1,5})(?:\/|$)/.exec(address)

  return { host: match?.[1] ?? '', port: Number(match?.[2] ?? 0) }
}
