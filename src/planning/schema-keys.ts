import { z } from 'zod';

/** The keys that a schema knows at a path; empty where it has no fixed ones. */
export function keysOf(schema: z.ZodType, path: readonly PropertyKey[]): string[] {
  let node: z.core.$ZodType | undefined = unwrapped(schema);
  for (const part of path) {
    if (node instanceof z.ZodObject) node = node.shape[String(part)] as z.core.$ZodType | undefined;
    else if (node instanceof z.ZodRecord) node = node.valueType;
    else if (node instanceof z.ZodArray) node = node.element;
    else return [];
    if (node === undefined) return [];
    node = unwrapped(node);
  }
  return node instanceof z.ZodObject ? Object.keys(node.shape) : [];
}

/** What is inside of optional, default and the like. */
function unwrapped(schema: z.core.$ZodType): z.core.$ZodType {
  let inner = schema;
  while (
    inner instanceof z.ZodOptional ||
    inner instanceof z.ZodNullable ||
    inner instanceof z.ZodDefault ||
    inner instanceof z.ZodPrefault
  ) {
    inner = inner.unwrap();
  }
  return inner;
}
