import { z } from 'zod';
import { Config, HostEntry } from '../domain/config.ts';
import { Policy } from '../domain/policy.ts';
import { OF_ALL_HOSTS } from './overrides.ts';

type JsonSchema = z.core.JSONSchema.BaseSchema;

/**
 * The JSON Schema (draft 7) of the operator's file, for editors. It accepts everything that the
 * file may say; what only shows when values are seen together `inventory check` finds.
 */
export function configSchema(): JsonSchema {
  const overrides = partial(toJsonSchema(Policy));
  for (const key of OF_ALL_HOSTS) delete overrides.properties?.[key];
  return {
    ...toJsonSchema(Config, overrides),
    title: "patchcycle's policies, groups and hosts",
  };
}

function toJsonSchema(schema: z.ZodType, overrides?: JsonSchema): JsonSchema {
  return z.toJSONSchema(schema, {
    target: 'draft-7',
    io: 'input',
    override: ({ zodSchema, jsonSchema }) => {
      if (overrides === undefined || zodSchema !== HostEntry) return;
      Object.assign(jsonSchema.properties ?? {}, { overrides });
    },
  });
}

/** The same with nothing required, and with `null` for a key that gets its default back. */
function partial({ $schema: _, required: __, properties, ...rest }: JsonSchema): JsonSchema {
  if (properties === undefined) return rest;
  const optional: NonNullable<JsonSchema['properties']> = {};
  for (const [key, property] of Object.entries(properties)) {
    optional[key] =
      typeof property === 'boolean' ? property : { anyOf: [partial(property), { type: 'null' }] };
  }
  return { ...rest, properties: optional };
}
