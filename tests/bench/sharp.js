// node sharp.js MODULE IN OUT DIR EDGES MARKS KIND PROFILES PROCESSES: sharp (in MODULE) with as many pictures at a time as PROCESSES.
const [, , module_, input, output, place, edges, marks, kind, , processes] = process.argv;
process.env.UV_THREADPOOL_SIZE = String(Math.max(4, Number(processes)));
const fs = require('fs'), path = require('path'), sharp = require(module_);

sharp.concurrency(1);
sharp.cache(false);
// a long edge, or WIDTHxHEIGHT:cover
function sizeOf(edge) {
  const [width, height] = edge.split('x').map(side => parseInt(side));
  return height ? { width, height, fit: 'cover' } : { width, height: width, fit: 'inside' };
}
const files = fs.readdirSync(input), sizes = edges.split(',').map(sizeOf);
let next = 0, logo;

async function work() {
  while (next < files.length) {
    const file = files[next++], whole = sharp(path.join(input, file)).autoOrient();
    await Promise.all(sizes.map(async (size, i) => {
      let picture = whole.clone().resize({ ...size, withoutEnlargement: true });
      if (i < Number(marks)) picture = picture.composite([{ input: logo.data, raw: logo.info, gravity: 'southeast' }]);
      picture = kind === 'png' ? picture.png({ compressionLevel: 4, adaptiveFiltering: true })
        : picture.jpeg({ quality: 80, chromaSubsampling: '4:2:0', optimiseCoding: false });
      await picture.toFile(path.join(output, (sizes.length > 1 ? `${i + 1}-` : '') + path.parse(file).name + '.' + kind));
    }));
  }
}

(async () => {
  logo = await sharp(path.join(place, 'padded-logo.png')).raw().toBuffer({ resolveWithObject: true });
  await Promise.all(Array.from({ length: Number(processes) }, work));
})();
