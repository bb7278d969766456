import { MAX_PONGS } from './constants.ts'
import type { WebSocket } from 'ws'

/** In place of the answers that `ws` makes by itself, without an end: who reads nothing could fill the memory with them */
export function answerPings (websocket: WebSocket): void {
  websocket.on('ping', (data) => {
    if (websocket.readyState === websocket.OPEN && websocket.bufferedAmount < MAX_PONGS) {
      websocket.pong(data)
    }
  })
}
