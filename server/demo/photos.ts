/** Pictures for the demo's repairs: drawn scenes of content/demo/photos, blurred and grained like a phone's photo. */
import { join } from 'node:path';
import sharp from 'sharp';

const folder = join(import.meta.dirname, '..', '..', 'content', 'demo', 'photos');
const width = 960;
const height = 720;

/** JPEG bytes of the scene `<name>.svg`; the same for the same name. */
export async function drawPhoto(name: string): Promise<Buffer> {
  const grain = await sharp({
    create: { width, height, channels: 3, background: '#808080', noise: { type: 'gaussian', mean: 128, sigma: 18 } },
  })
    .png()
    .toBuffer();
  return sharp(join(folder, `${name}.svg`), { density: 144 })
    .resize(width, height)
    .blur(1.1)
    .composite([{ input: grain, blend: 'soft-light' }])
    .jpeg({ quality: 82 })
    .toBuffer();
}
