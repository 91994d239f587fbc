/** A place on the map: WGS 84 degrees, with the address as a person said it. */
export interface Location {
  lng: number;
  lat: number;
  address?: string;
}

/** Six decimals are 0.1 m. */
export const locationDecimals = 6;

/** JSON Schema of a location's value. */
export const locationSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['lng', 'lat'],
  properties: {
    lng: { type: 'number', minimum: -180, maximum: 180 },
    lat: { type: 'number', minimum: -90, maximum: 90 },
    address: { type: 'string', maxLength: 200 },
  },
};
