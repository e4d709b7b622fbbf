import { startEmbeddedBroker, connectBus, ensureStreams, ensureConsumer, consumerSpec, consumeBatches, consumeEach, readAll } from '@cullstream/bus';
import { mkdtempSync, rmSync } from 'node:fs';
const n=()=>{}; const log={debug:n,info:n,warn:console.error,error:console.error};
const storeDir=mkdtempSync('/tmp/cull-bench-');
const [path,version]=process.argv.slice(2);
const b=await startEmbeddedBroker({storeDir,binary:{path,version},log});
const bus=await connectBus({...b,name:'bench',log});
await ensureStreams(bus);
const N=40000, body=new Uint8Array(3000), run='20260131T094500Z-abcd';
for (const maxInFlight of [1,64,128]) {
  const p=bus.publisher({maxInFlight}); const M=maxInFlight===1?5000:N; let t=performance.now();
  for(let i=0;i<M;i++) await p.send(`cull.images.${run}.p${maxInFlight}`,body,{id:`${maxInFlight}/${i}`});
  await p.flush(); console.log('publish 3kB',maxInFlight,'in flight',Math.round(M/((performance.now()-t)/1000)),'/s');
}
const total=N*2+5000;
for (const maxBatch of [8,64,500]) {
  await bus.manager.consumers.delete('IMAGES',`embedder_${run}`).catch(()=>{});
  const spec=consumerSpec('embedder',{run,maxAckPending:maxBatch*2}); await ensureConsumer(bus,spec);
  let k=0, done; const all=new Promise(r=>done=r); let t=performance.now();
  const c=await consumeBatches(bus,spec,{maxBatch,lingerMs:5},async ds=>{k+=ds.length; if(k>=total)done(); return ds.map(()=>undefined)});
  await all; console.log('consume batches of',maxBatch,Math.round(total/((performance.now()-t)/1000)),'/s'); await c.stop();
}
{ await bus.manager.consumers.delete('IMAGES',`embedder_${run}`);
  const spec=consumerSpec('embedder',{run,maxAckPending:128}); await ensureConsumer(bus,spec);
  let k=0, done; const all=new Promise(r=>done=r); let t=performance.now();
  const c=await consumeEach(bus,spec,{maxInFlight:64},async()=>{if(++k>=total)done()});
  await all; console.log('consume each, 64',Math.round(total/((performance.now()-t)/1000)),'/s'); await c.stop(); }
{ let k=0,t=performance.now(); await readAll(bus,{stream:'IMAGES',filter:`cull.images.${run}.>`},()=>{k++}); console.log('readAll',k,Math.round(k/((performance.now()-t)/1000)),'/s'); }
console.log('rss MB',Math.round(process.memoryUsage().rss/1e6));
await bus.drain(); await b.stop(); rmSync(storeDir,{recursive:true});
