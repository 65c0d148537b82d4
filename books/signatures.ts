/** Signatures of people: Ed25519 over the UTF-8 bytes of what was signed. */
import { createPublicKey, verify } from 'node:crypto'

/** @param publicKey SPKI DER in base64, as actors.yaml has it; one that is none verifies nothing */
export function signatureHolds(publicKey: string, payload: string, signature: string): boolean {
  try {
    const key = createPublicKey({ key: Buffer.from(publicKey, 'base64'), format: 'der', type: 'spki' })
    return key.asymmetricKeyType === 'ed25519' && verify(null, Buffer.from(payload, 'utf8'), key, Buffer.from(signature, 'base64'))
  } catch {
    return false
  }
}
