// builds commands+main unminified one file, runs with coverage, maps to src
import { build } from 'esbuild';
import fs from 'node:fs';
import {execFileSync} from 'node:child_process';
const args=process.argv.slice(2);
const r=await build({entryPoints:['src/cli/entries/main.ts'],bundle:true,platform:'node',format:'cjs',external:['ws'],outfile:'/tmp/perf12/cov/main.js',define:{'import.meta.url':'__filename',WSINSPECT_VERSION:'"1"'},logLevel:'error'});
fs.writeFileSync('/tmp/perf12/cov/package.json','{"type":"commonjs"}');
fs.rmSync('/tmp/perf12/cov/v8',{recursive:true,force:true});
try{execFileSync('node',['/tmp/perf12/cov/main.js',...args],{env:{...process.env,NODE_V8_COVERAGE:'/tmp/perf12/cov/v8'},input:process.env.IN??'',stdio:['pipe','ignore','inherit']})}catch(e){}
const code=fs.readFileSync('/tmp/perf12/cov/main.js','utf8');
const cov=JSON.parse(fs.readFileSync('/tmp/perf12/cov/v8/'+fs.readdirSync('/tmp/perf12/cov/v8')[0])).result.find(x=>x.url.endsWith('cov/main.js'));
const used=new Uint8Array(code.length).fill(1);
const fns=[...cov.functions].sort((a,b)=>(a.ranges[0].startOffset-b.ranges[0].startOffset)||(b.ranges[0].endOffset-a.ranges[0].endOffset));
for(const f of fns)for(const x of f.ranges)used.fill(x.count?1:0,x.startOffset,x.endOffset);
// modules by '// src/...' markers
const re=/^\s*\/\/ ((?:src|node_modules)\/\S+)$/gm;let m,prev=null;const res={};
const marks=[];while(m=re.exec(code))marks.push([m.index,m[1]]);
// functions called per file (excl. module init)
for(let i=0;i<marks.length;i++){const [s,f]=marks[i];const e=marks[i+1]?.[0]??code.length;let u=0;for(let j=s;j<e;j++)u+=used[j];
 const called=cov.functions.filter(x=>x.functionName&&!/^init_|^src\/|^node_modules/.test(x.functionName)&&x.ranges[0].startOffset>=s&&x.ranges[0].endOffset<=e&&x.ranges[0].count>0&&x.functionName!=='get').map(x=>x.functionName);
 res[f]=[e-s,u,called];}
const rows=Object.entries(res).filter(([f,v])=>v[0]>30).sort();
for(const [f,[n,u,c]] of rows)console.log(f,n,u,c.length,c.slice(0,6).join(','));
