import { execFileSync } from 'node:child_process'
import { mkdtemp, readFile } from 'node:fs/promises'
import { connect, createSecureServer, type IncomingHttpHeaders, type ServerHttp2Stream } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { passThrough } from './passThrough.js'

/** Paths of certificates that one authority has signed, and one that signs for itself. */
export interface Certificates {
  readonly ca: string
  readonly server: { readonly cert: string; readonly key: string }
  readonly client: { readonly cert: string; readonly key: string }
  readonly stranger: { readonly cert: string; readonly key: string }
}

export async function makeCertificates(): Promise<Certificates> {
  const folder = await mkdtemp(join(tmpdir(), 'vodflow-certificates-'))
  const at = (name: string) => join(folder, name)
  const openssl = (...args: string[]) => execFileSync('openssl', args, { stdio: 'pipe' })
  const fresh = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
  const self = (name: string) =>
    openssl(
      'req',
      '-x509',
      ...fresh,
      '-keyout',
      at(`${name}.key`),
      '-out',
      at(`${name}.pem`),
      '-days',
      '2',
      '-subj',
      `/CN=${name}`,
    )
  const signed = (name: string) => {
    const names = ['-subj', `/CN=${name}`, '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1']
    openssl('req', ...fresh, '-keyout', at(`${name}.key`), '-out', at(`${name}.csr`), ...names)
    const by = ['-CA', at('ca.pem'), '-CAkey', at('ca.key'), '-CAcreateserial', '-copy_extensions', 'copy']
    openssl('x509', '-req', '-in', at(`${name}.csr`), ...by, '-days', '2', '-out', at(`${name}.pem`))
  }
  self('ca')
  self('stranger')
  for (const name of ['server', 'client']) signed(name)
  const pair = (name: string) => ({ cert: at(`${name}.pem`), key: at(`${name}.key`) })
  return { ca: at('ca.pem'), server: pair('server'), client: pair('client'), stranger: pair('stranger') }
}

/** Temporal as Cloud has it: TLS in front, and who has no certificate (`apiKey` absent) or no key is let in nowhere. */
export async function startGatekeeper({
  temporal,
  certificates: { ca, server },
  apiKey,
}: {
  readonly temporal: string
  readonly certificates: Certificates
  readonly apiKey?: string
}): Promise<{ readonly address: string; close(): void }> {
  const [key, cert, authority] = await Promise.all(
    [server.key, server.cert, ca].map((path) => readFile(path)),
  )
  const mutual = apiKey === undefined ? { requestCert: true, rejectUnauthorized: true } : {}
  const gate = createSecureServer({ key, cert, ca: authority, ...mutual } as Parameters<
    typeof createSecureServer
  >[0])
  const behind = connect(`http://${temporal}`)
  gate.on('stream', (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => {
    if (apiKey !== undefined && headers.authorization !== `Bearer ${apiKey}`) {
      const refusal = {
        ':status': 200,
        'content-type': 'application/grpc',
        'grpc-status': '16',
        'grpc-message': 'no valid key',
      }
      stream.respond(refusal, { endStream: true })
      return
    }
    passThrough(stream, headers, behind)
  })
  gate.on('sessionError', () => {})
  await new Promise<void>((resolve) => gate.listen(0, '127.0.0.1', resolve))
  return {
    address: `localhost:${(gate.address() as AddressInfo).port}`,
    close() {
      behind.destroy()
      gate.close()
    },
  }
}
