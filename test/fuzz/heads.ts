import { type Given, good } from './bodies.js'
import type { Random } from './random.js'
import { fake } from './sealed.js'
import { post, type Shot } from './shot.js'

const methods = ['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND', 'PURGE', 'M-SEARCH']

/** A true event by another method than POST. */
export function method(given: Given): Shot {
  const { random } = given
  const how = random.pick(methods)
  const path = random.pick(['/', '/vod', '/healthz', '/vod/healthz/?a=b'])
  const healthy = (how === 'GET' || how === 'HEAD') && path.includes('/healthz')
  // TRACE is no method that a web Request can have.
  const statuses = how === 'TRACE' ? [400] : healthy ? [200] : [405]
  const { body } = good(given)
  // Node's client sends these without a length unless they have none at all.
  const framing = random.pick(['length', 'chunked'] as const)
  return { ...post, kind: 'method', method: how, path, body, framing, statuses }
}

/** Strange headers around an event: nothing in a header makes an event ours. */
export function header(given: Given): Shot {
  const { random, steps } = given
  const { address, SessionContext } = random.pick(steps.many)
  const text = good(given).body.toString()
  const ours = random.oneIn(2)
  const contextOf = JSON.stringify(fake(address, random))
  const body = Buffer.from(ours ? text : text.replace(/("SessionContext":)"[^"]*"/, `$1${contextOf}`))
  const headers = Object.fromEntries(Array.from({ length: 1 + random.below(4) }, () => oddHeader(random)))
  const path = random.pick([
    '/',
    '//',
    '/%',
    '/?Sign=x&T=1&Sign[]=2',
    `/?SessionContext=${encodeURIComponent(SessionContext)}`,
    `/${'a'.repeat(2_000)}`,
    '/../../etc/passwd',
    '/?__proto__[x]=1',
    'http://elsewhere.example/vod',
    'http://a:b/',
    '*',
  ])
  // 400: a target that no URL can be.
  return { ...post, kind: 'header', headers, path, body, statuses: [200, 400, 403] }
}

function oddHeader(random: Random): [string, string | string[]] {
  const latin1 = () =>
    String.fromCharCode(...Array.from({ length: random.below(60) }, () => 0x20 + random.below(0xe0))).replace(
      /\x7f/g,
      '',
    )
  return random.pick<() => [string, string | string[]]>([
    () => [
      'content-type',
      random.pick(['', 'text/plain', 'multipart/form-data', 'application/json;;;', '\xff']),
    ],
    () => ['content-encoding', random.pick(['gzip', 'br', 'identity', 'nonsense'])],
    () => ['__proto__', 'x'],
    () => ['constructor', latin1()],
    () => ['sign', latin1()],
    () => ['t', random.pick(['-1', '1e9', 'NaN', '9'.repeat(100)])],
    () => ['vodflow-hops', random.pick(['-1', 'NaN', '1e99', '999', ''])],
    () => ['cookie', Array.from({ length: 20 }, latin1)],
    () => ['x-many', Array.from({ length: 40 }, (_, n) => String(n))],
    () => ['x-long', 'y'.repeat(random.below(4_000))],
    () => ['host', random.pick(['', 'elsewhere.example', '[::1', 'a b', ':0'])],
    () => ['upgrade', 'websocket'],
    () => ['if-none-match', '*'],
    () => ['range', 'bytes=0-1'],
    () => [`x-${'n'.repeat(1 + random.below(500))}`, latin1()],
  ])()
}

/** What a client would not send at all. The end of the connection is asked for, so that there is one. */
export function head(given: Given): Shot {
  const { random, index } = given
  const { body } = good(given)
  const id = `fuzz-id: ${index}`
  const asked = (line: string, ...headers: string[]) =>
    Buffer.from([line, id, 'connection: close', ...headers, '', ''].join('\r\n'), 'latin1')
  const whole = (line: string, ...headers: string[]) => Buffer.concat([asked(line, ...headers), body])
  const length = `content-length: ${body.length}`
  const raw = random.pick<() => Buffer>([
    () => random.bytes(1 + random.below(200)),
    () => Buffer.from('16030100c8010000c40303', 'hex'),
    () => Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'),
    () => whole('POST / HTTP/1.1', length),
    () => whole('post / HTTP/1.1', 'host: a', length),
    () => whole('POST / HTTP/9.9', 'host: a', length),
    () => whole('POST  / HTTP/1.1', 'host: a', length),
    () => whole('POST / HTTP/1.0', length),
    () => whole('CONNECT a:1 HTTP/1.1', 'host: a', length),
    () => whole('POST / HTTP/1.1', 'host: a', `x: ${'y'.repeat(8_000 + random.below(2_000))}`, length),
    () => whole('POST / HTTP/1.1', 'host: a', 'content-length: -1'),
    () => whole('POST / HTTP/1.1', 'host: a', 'content-length: 1e3'),
    () => whole('POST / HTTP/1.1', 'host: a', 'content-length: 99999999999999999999'),
    () => whole('POST / HTTP/1.1', 'host: a', length, 'content-length: 1'),
    () => whole('POST / HTTP/1.1', 'host: a', length, 'transfer-encoding: chunked'),
    () => whole('POST / HTTP/1.1', 'host: a', 'transfer-encoding: gzip, chunked'),
    () => whole('POST / HTTP/1.1', 'host: a', 'transfer-encoding: chunked'),
    () => whole('POST / HTTP/1.1', 'host: a', 'expect: 100-continue', length),
    () => whole('POST / HTTP/1.1', 'host: a', 'expect: the-impossible', length),
    () => whole('POST / HTTP/1.1', 'host: a', `x: ${'\0'}`, length),
    () => whole('POST / HTTP/1.1', 'host: a', 'no colon', length),
    () => whole('POST / HTTP/1.1', 'host: a', ' folded: x', length),
    () => whole('POST / HTTP/1.1', 'host: a', ...Array.from({ length: 300 }, (_, n) => `a${n}: b`), length),
    () => Buffer.concat([whole('POST / HTTP/1.1', 'host: a', length), random.bytes(40)]),
  ])()
  return { ...post, kind: 'head', body, raw, statuses: [200, 400, 403, 417, 431, 'cut'] }
}
