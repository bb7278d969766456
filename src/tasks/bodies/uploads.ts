import { createHash } from 'node:crypto'
import { InvalidInputError, LimitError } from '../../core/errors.ts'
import { bodyReader } from '../body.ts'
import { BODY_STEP } from '../limits.ts'
import { BodyTooLargeError } from './errors.ts'
import { MAX_APP_INGESTS, MAX_HASHES, MAX_INGESTS, MAX_UPLOADS, UPLOAD_BODIES } from './index.ts'
import { Ingest } from './ingest.ts'
import type { AppendInit, AppendOutcome, BeginInit, UploadView } from './index.ts'
import type { AppId } from '../../core/ids.ts'
import type { Upload } from '../../store/index.ts'
import type { TasksContext } from '../context.ts'
import type { Hash } from 'node:crypto'

/** Bodies on their way in. What is known of one is in the store; here are those under way and their hashes. */
export class Uploads {
  readonly #context: TasksContext
  readonly #maxBody: number
  readonly #maxBytes: number
  readonly #running = new Map<string, Ingest>()
  /** SHA-256 of what is on disk, so that it need not be read again; the one used last stands last */
  readonly #hashes = new Map<string, { hash: Hash, size: number }>()

  constructor (context: TasksContext) {
    this.#context = context
    this.#maxBody = context.config.tasks.maxBody
    this.#maxBytes = UPLOAD_BODIES * this.#maxBody
  }

  async begin (app: AppId, { length, digest }: BeginInit): Promise<UploadView> {
    const { store, clock, random, guard } = this.#context
    guard.check()

    if (length != null && length > this.#maxBody) {
      throw new BodyTooLargeError(this.#maxBody)
    }

    const id = Buffer.from(random.bytes(16)).toString('hex')
    const now = clock.now()
    const { kind } = await store.beginUpload({ id, app, length, digest, now, maxCount: MAX_UPLOADS, maxBytes: this.#maxBytes })

    if (kind === 'too-many') {
      throw new LimitError(`${app} has ${MAX_UPLOADS} bodies that no task or result took over, the most there may be: use them, delete some, or wait until they expire`, 60)
    }

    if (kind === 'too-much') {
      throw this.#tooMuch(app)
    }

    const upload = await this.find(app, id)

    if (upload == null) {
      throw new LimitError('the upload was removed while it began')
    }

    return upload
  }

  async find (app: AppId, id: string): Promise<UploadView | undefined> {
    const upload = await this.#stored(app, id)

    return upload == null ? undefined : view(upload)
  }

  async drop (app: AppId, id: string): Promise<boolean> {
    if (await this.#stored(app, id) == null) {
      return false
    }

    await this.#running.get(id)?.end('the upload was deleted')

    return this.#discard(app, id)
  }

  async #discard (app: AppId, id: string): Promise<boolean> {
    this.#hashes.delete(id)

    return this.#context.store.dropUpload({ id, app })
  }

  async append (app: AppId, id: string, init: AppendInit, source: AsyncIterable<Uint8Array>): Promise<AppendOutcome> {
    if (await this.#stored(app, id) == null) {
      return { kind: 'unknown' }
    }

    // a client that comes back knows that its earlier call is cut, perhaps before we do
    await this.#running.get(id)?.end('the upload went on over another connection')

    if (this.#running.size >= MAX_INGESTS) {
      throw new LimitError(`${MAX_INGESTS} bodies are being received, the most there may be at a time`)
    }

    const his = [...this.#running.values()].filter((ingest) => ingest.app === app).length

    if (his >= MAX_APP_INGESTS) {
      throw new LimitError(`${his} bodies of ${app} are being received, the most there may be of one app at a time`)
    }

    const ingest = new Ingest(app)
    this.#running.set(id, ingest)

    try {
      return await ingest.run(async () => this.#append(app, id, init, source, ingest))
    } finally {
      if (this.#running.get(id) === ingest) {
        this.#running.delete(id)
      }
    }
  }

  async #append (app: AppId, id: string, init: AppendInit, source: AsyncIterable<Uint8Array>, ingest: Ingest): Promise<AppendOutcome> {
    const { store, clock } = this.#context
    const upload = await this.#stored(app, id)

    if (upload == null) {
      return { kind: 'unknown' }
    }

    if (upload.sha256 != null || upload.size !== init.offset) {
      return { kind: 'elsewhere', upload: view(upload) }
    }

    const hash = await this.#hashOf(upload)
    const limit = Math.min(this.#maxBody, upload.length ?? Infinity)
    const received = createHash('sha256')

    try {
      const size = await ingest.copy(source, {
        offset: upload.size,
        onBytes: (bytes, end) => {
          if (end > this.#maxBody) {
            throw new BodyTooLargeError(this.#maxBody)
          }

          if (end > limit) {
            throw new InvalidInputError('Upload-Length', `says ${limit} bytes, and more came`)
          }

          if (init.contentDigest != null) {
            received.update(bytes)
          }
        },
        append: async (offset, data) => {
          const outcome = await store.appendUpload({ id, app, offset, data, now: clock.now(), maxBytes: this.#maxBytes })

          if (outcome.kind === 'too-much') {
            throw this.#tooMuch(app)
          }

          if (outcome.kind !== 'appended') {
            throw new InvalidInputError('the upload', 'was changed by another call meanwhile: ask for its offset')
          }
        },
        hash
      })
      this.#remember(id, hash, size)

      if (init.contentDigest != null && Buffer.compare(received.digest(), init.contentDigest) !== 0) {
        await this.#discard(app, id)
        throw new InvalidInputError('Content-Digest', 'is not the SHA-256 of what came: the upload is dropped')
      }

      return init.whole ? await this.#complete(app, upload, init, hash, size) : { kind: 'appended', upload: view({ ...upload, size }) }
    } catch (err) {
      if (init.once === true || err instanceof BodyTooLargeError) {
        await this.#discard(app, id)
      }

      throw err
    }
  }

  async #complete (app: AppId, upload: Upload, init: AppendInit, hash: Hash, size: number): Promise<AppendOutcome> {
    const { store, clock } = this.#context
    const { id, length } = upload
    const expected = init.digest ?? upload.digest

    if (length != null && size !== length) {
      throw new InvalidInputError('Upload-Length', `says ${length} bytes, not the ${size} that came: more must follow before the upload is complete`)
    }

    const sha256 = hash.copy().digest()

    if (expected != null && Buffer.compare(sha256, expected) !== 0) {
      await this.#discard(app, id)
      throw new InvalidInputError('Repr-Digest', `is not the SHA-256 of the ${size} bytes that came: the upload is dropped`)
    }

    if (!await store.completeUpload({ id, app, size, sha256, now: clock.now() })) {
      return { kind: 'unknown' }
    }

    this.#hashes.delete(id)
    const complete = await this.find(app, id)

    return complete == null ? { kind: 'unknown' } : { kind: 'appended', upload: complete }
  }

  async #stored (app: AppId, id: string): Promise<Upload | undefined> {
    const upload = await this.#context.store.findUpload({ id, app, now: this.#context.clock.now() })

    return upload?.blob == null ? undefined : upload
  }

  /** Of what is on disk; after a restart it is read once more */
  async #hashOf ({ id, size, blob }: Upload): Promise<Hash> {
    const known = this.#hashes.get(id)
    this.#hashes.delete(id)

    if (known?.size === size) {
      return known.hash
    }

    const hash = createHash('sha256')
    const read = bodyReader(this.#context.store, { size, sha256: new Uint8Array(32), blob: { id: blob ?? 0, offset: 0 } })

    for (let offset = 0; offset < size; offset += BODY_STEP) {
      hash.update(await read(offset, Math.min(BODY_STEP, size - offset)))
    }

    return hash
  }

  #remember (id: string, hash: Hash, size: number): void {
    this.#hashes.set(id, { hash, size })

    if (this.#hashes.size > MAX_HASHES) {
      const [oldest] = this.#hashes.keys()
      this.#hashes.delete(oldest)
    }
  }

  #tooMuch (app: AppId): LimitError {
    return new LimitError(`${app} would have more than ${this.#maxBytes} bytes of bodies that no task or result took over: use them, delete some, or wait until they expire`, 60)
  }
}

function view ({ id, size, sha256, expires }: Upload): UploadView {
  return { id, size, complete: sha256 != null, ...(sha256 == null ? {} : { sha256 }), expires }
}
