import { defaultPayloadConverter, type Payload, type PayloadCodec } from '@temporalio/common';

const NOTHING: Payload = defaultPayloadConverter.toPayload(null);

/**
 * Reads as null what cannot be decoded here, such as the encrypted memo of somebody else's schedule:
 * otherwise one of those would keep a whole list from being read. Schemas refuse null where it
 * matters.
 */
export const FORGIVING: { payloadCodecs: PayloadCodec[] } = {
  payloadCodecs: [
    {
      encode: (payloads) => Promise.resolve(payloads),
      decode: (payloads) =>
        Promise.resolve(payloads.map((payload) => (isReadable(payload) ? payload : NOTHING))),
    },
  ],
};

function isReadable(payload: Payload): boolean {
  try {
    defaultPayloadConverter.fromPayload(payload);
    return true;
  } catch {
    return false;
  }
}
