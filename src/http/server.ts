import { readFileSync } from 'node:fs'
import { createServer as createHttpServer } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import { fastify } from 'fastify'
import { InvalidInputError } from '../core/errors.ts'
import { quote } from '../core/ids.ts'
import { createErrorHandler, sendText } from './errors.ts'
import { Hosts } from './guards/host.ts'
import { guarded } from './guards/outer.ts'
import { MAX_PARAM } from './limits.ts'
import type { Connections } from './connections.ts'
import type { HttpLimits } from './index.ts'
import type { Config } from '../config/index.ts'
import type { Log } from '../core/log.ts'
import type { FastifyInstance } from 'fastify'
import type { RequestListener, Server, ServerOptions } from 'node:http'
import type { Socket } from 'node:net'

export interface ServerComponents {
  api: Config['api']
  limits: HttpLimits
  connections: Connections
  log: Log
}

/** Fastify over a server of node:http(s) whose every limit is set here */
export function createServer (components: ServerComponents): FastifyInstance {
  const { log } = components
  const handleError = createErrorHandler(log)

  const server = fastify({
    serverFactory: (handler) => createLimitedServer(handler as RequestListener, components),
    frameworkErrors: (error, request, reply) => { sendText(reply, error.statusCode ?? 400, `the path ${quote(request.raw.url ?? '')} cannot be read`) },
    clientErrorHandler: answerClientError,
    // while draining, calls get the capabilities' own answers
    return503OnClosing: false,
    routerOptions: {
      maxParamLength: MAX_PARAM,
      // query.ts reads them: twice given, unknown and empty keys are told apart
      querystringParser: () => ({})
    }
  })

  server.setErrorHandler(handleError)

  // the handlers check what arrives themselves, in Beam's order and with Beam's texts, against the same schemas that
  // their routes declare (beam/validate.ts); answers are JSON text already
  server.setValidatorCompiler(() => () => true)
  server.setSerializerCompiler(() => JSON.stringify)

  return server
}

function createLimitedServer (handler: RequestListener, { api, limits, connections, log }: ServerComponents): Server {
  const hosts = new Hosts([api.host, ...api.hosts])
  const guard = { hosts, scheme: api.tls == null ? 'http' as const : 'https' as const, log }
  const listener = guarded(handler, guard)
  const options: ServerOptions = {
    maxHeaderSize: limits.maxHeaderSize,
    headersTimeout: limits.headersTimeout,
    requestTimeout: limits.requestTimeout,
    keepAliveTimeout: limits.keepAliveTimeout,
    // how often the two timeouts are looked at, ms
    connectionsCheckingInterval: Math.min(5_000, limits.headersTimeout),
    // the guard answers a missing Host with a sentence
    requireHostHeader: false,
    noDelay: true
  }
  const server = api.tls == null
    ? createHttpServer(options, listener)
    : createHttpsServer({ ...options, ...readCertificate(api.tls), minVersion: 'TLSv1.2', handshakeTimeout: limits.headersTimeout }, listener)

  server.maxConnections = limits.maxConnections
  connections.watch(server, api.tls != null)

  // 100 Continue is sent when the body is wanted: after the key and the size were checked (body.ts)
  server.on('checkContinue', (request, response) => {
    response.shouldKeepAlive = false
    listener(request, response)
  })

  // other expectations than 100-continue: Host and Origin come first there too
  server.on('checkExpectation', guarded((request, response) => { response.writeHead(417).end() }, guard))

  return server
}

function readCertificate (tls: { cert: string, key: string }): { cert: Buffer, key: Buffer } {
  return { cert: readPem('api.tls.cert', tls.cert), key: readPem('api.tls.key', tls.key) }
}

function readPem (field: string, path: string): Buffer {
  try {
    return readFileSync(path)
  } catch (error) {
    throw new InvalidInputError(field, `must be a PEM file that can be read: ${(error as Error).message}`)
  }
}

const CLIENT_ERRORS: Record<string, [status: string, sentence: string]> = {
  HPE_HEADER_OVERFLOW: ['431 Request Header Fields Too Large', 'the header lines are larger than the limit'],
  ERR_HTTP_REQUEST_TIMEOUT: ['408 Request Timeout', 'the request did not arrive in time']
}

/** What is no HTTP at all never reaches the router */
function answerClientError (error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy()

    return
  }

  const [status, sentence] = CLIENT_ERRORS[error.code ?? ''] ?? ['400 Bad Request', 'the request is not well-formed HTTP']

  socket.end(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-type: text/plain; charset=utf-8\r\ncontent-length: ${sentence.length}\r\n\r\n${sentence}`)
}
