import { ConflictError, InvalidInputError } from './errors.ts'

/**
 * What the operating system says about an address to listen on, as a sentence that
 * names the setting.
 *
 * @throws {ConflictError} when the address is taken
 * @throws {InvalidInputError} when it cannot be listened on at all
 */
export async function listening<T> (field: string, work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (err) {
    const { code, syscall, address, port } = err as NodeJS.ErrnoException & { address?: string, port?: number }

    if (syscall !== 'listen' && syscall !== 'bind' && syscall !== 'getaddrinfo') {
      throw err
    }

    if (code === 'EADDRINUSE') {
      throw new ConflictError(`${field}: ${address}:${port} is in use by another program; choose another, or end that one`)
    }

    throw new InvalidInputError(field, `cannot be listened on: ${(err as Error).message}`)
  }
}
