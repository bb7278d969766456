/**
 * Sends every datagram back.
 *
 * node udp-echo.ts PORT
 */
import { createSocket } from 'node:dgram'

const socket = createSocket('udp4')

socket.on('message', (message, { address, port }) => { socket.send(message, port, address) })
socket.bind(Number(process.argv[2]), () => { process.stdout.write('listening\n') })
