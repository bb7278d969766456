/**
 * Accepts TCP connections and sends back what comes.
 *
 * node echo.ts PORT
 */
import { createServer } from 'node:net'

const server = createServer(socket => {
  socket.on('error', () => {}) // whoever probes may reset
  socket.pipe(socket)
})

server.listen(Number(process.argv[2]), '0.0.0.0', () => { process.stdout.write('listening\n') })
