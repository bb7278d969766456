import { InvalidInputError } from '../../core/errors.ts'
import { storeBody } from '../body.ts'
import { BodyTooLargeError } from './errors.ts'
import type { AppId } from '../../core/ids.ts'
import type { Upload, StoredBody } from '../../store/index.ts'
import type { TasksContext } from '../context.ts'

export interface GivenBody {
  from: AppId
  body: string | Uint8Array
  /** Id of an upload, in place of the body */
  upload?: string
}

type Components = Pick<TasksContext, 'store' | 'clock' | 'config'>

/**
 * The body of a new task or result: text that is written now, or an upload that is on
 * disk already and is taken over as it lies.
 *
 * @throws {InvalidInputError} {@link BodyTooLargeError}
 */
export async function takeBody (components: Components, { from, body, upload: id }: GivenBody): Promise<StoredBody> {
  if (id == null) {
    return storeBody(components, body)
  }

  const upload = await namedUpload(components, from, id)

  if (upload.blob == null || upload.sha256 == null) {
    throw new InvalidInputError('body_ref', 'must name a body that no task or result took over yet: bring it again')
  }

  if (upload.size > components.config.tasks.maxBody) {
    throw new BodyTooLargeError(components.config.tasks.maxBody)
  }

  return { size: upload.size, sha256: upload.sha256, blob: { id: upload.blob, offset: 0 }, upload: upload.id }
}

/**
 * SHA-256 of an upload that was taken over already: a repeated PUT, whose first answer
 * was lost, is told apart by it
 */
export async function usedBody (components: Components, { from, upload: id }: GivenBody): Promise<Uint8Array | undefined> {
  if (id == null) {
    return
  }

  const upload = await namedUpload(components, from, id)

  return upload.blob == null ? upload.sha256 : undefined
}

async function namedUpload ({ store, clock }: Components, app: AppId, id: string): Promise<Upload> {
  const upload = await store.findUpload({ id, app, now: clock.now() })

  if (upload == null) {
    throw new InvalidInputError('body_ref', 'must be the id of a body that this app brought with POST /v1/bodies within the last hour')
  }

  if (upload.blob != null && upload.sha256 == null) {
    throw new InvalidInputError('body_ref', `must name a body that is complete: ${upload.size} bytes are here and more is to come`)
  }

  return upload
}
