/** Where every forward proxy of a lab listens */
export const PROXY_PORT = 3_128
