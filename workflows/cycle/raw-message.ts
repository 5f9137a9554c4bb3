import {
  defaultPayloadConverter,
  rawValueTypeInfo,
  type RawValue,
  type TypeInfo,
} from '@temporalio/common';
import type { SignalDefinition } from '@temporalio/workflow';
import { DECISION_SIZE_MAX } from '../../src/planning/parse-message.ts';

/** JSON may write each character of a decision as `\u0041`; what is longer than that is none. */
const MESSAGE_BYTES_MAX = 6 * DECISION_SIZE_MAX;

/** The same for each of a signal's values, however many there are. */
const EVERY_VALUE_RAW = new Proxy<TypeInfo[]>([], { get: () => rawValueTypeInfo });

/**
 * The signal with its values as they came. Decoded by the SDK, one that cannot be decoded would
 * fail the workflow task before any handler runs, and again at every retry: anybody could stall a
 * cycle for ever with a few bytes. Updates need none of this: the SDK refuses those.
 */
export function unread(signal: SignalDefinition<[unknown]>): SignalDefinition<[RawValue?]> {
  return {
    ...signal,
    typeInfo: { inputTypes: EVERY_VALUE_RAW },
  } as unknown as SignalDefinition<[RawValue?]>;
}

export type ReadMessage = { readable: true; message: unknown } | { readable: false; why: string };

/** What a signal says, or why that cannot be told, as a sentence for the sender. Never throws. */
export function readMessage(raw: RawValue | undefined): ReadMessage {
  if (raw === undefined) return { readable: true, message: undefined };
  const { payload } = raw;
  const sizeBytes = payload.data?.length ?? 0;
  if (sizeBytes > MESSAGE_BYTES_MAX) {
    return {
      readable: false,
      why: `the message has ${sizeBytes} bytes, a decision has ${MESSAGE_BYTES_MAX} at most`,
    };
  }
  try {
    return { readable: true, message: defaultPayloadConverter.fromPayload(payload) };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { readable: false, why: `the message cannot be read: ${reason}`.slice(0, 400) };
  }
}
