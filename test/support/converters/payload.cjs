/* As Temporal's EJSON sample: an encoding of its own, and no other is read. `require` loads it, and webpack in the workflows. */
const { PayloadConverterError } = require('@temporalio/common')
const { decode, encode } = require('@temporalio/common/lib/encoding')

const encoding = 'json/x-custom'

exports.payloadConverter = {
  toPayload: (value) => ({
    metadata: { encoding: encode(encoding) },
    data: encode(value === undefined ? 'x' : `x${JSON.stringify(value)}`),
  }),
  fromPayload({ metadata, data }) {
    const found = decode(metadata.encoding)
    if (found !== encoding) throw new PayloadConverterError(`not ${encoding} but ${found}`)
    const text = decode(data).slice(1)
    return text === '' ? undefined : JSON.parse(text)
  },
}
