"""Training problems in JAX, small enough for two cores: what the optimizer is explored on. GOLS_DATA names the data."""
import gzip, numpy as np, jax, jax.numpy as jnp, os, sys
from jax.flatten_util import ravel_pytree
D=os.path.join(os.environ.get('GOLS_DATA','data'),'')
def idx(f):
    b=gzip.open(f).read(); nd=b[3]; shape=[int.from_bytes(b[4+4*i:8+4*i],'big') for i in range(nd)]
    return np.frombuffer(b,np.uint8,offset=4+4*nd).reshape(shape)
_m=None
def mnist(n=20000):
    global _m
    if _m is None:
        X=idx(D+'mnist/train-images-idx3-ubyte.gz').reshape(-1,784).astype(np.float32)/255
        Y=idx(D+'mnist/train-labels-idx1-ubyte.gz').astype(np.int32)
        _m=(X,Y)
    return _m[0][:n],_m[1][:n],_m[0][50000:55000],_m[1][50000:55000]
def dt(name):
    f=D+f'{name}/{name}.dt'
    op=open(f) if os.path.exists(f) else gzip.open(f+'.gz','rt')
    h={}; rows=[]
    for l in op:
        l=l.strip()
        if '=' in l: k,v=l.split('='); h[k]=int(v)
        elif l: rows.append([float(t) for t in l.split()])
    A=np.array(rows,np.float32); ni=h['bool_in']+h['real_in']; n=h['training_examples']
    return A[:n,:ni],A[:n,ni:],A[n:,:ni],A[n:,ni:]
def ce(logits,y): return -jnp.mean(jnp.take_along_axis(jax.nn.log_softmax(logits),y[...,None],-1))
def he(k,i,o,s=2.0): return jax.random.normal(k,(i,o))*np.sqrt(s/i)
class P: pass
def mk(name,init,loss,X,batch,steps,test=None,evaln=5000):
    p=P(); p.name=name; p.init=init; p.loss=loss; p.X=X; p.batch=batch; p.steps=steps; p.n=len(X[0]); p.evaln=min(evaln,p.n); p.test=test; return p
def mlp_init(sizes,gain=2.0):
    def init(k):
        ks=jax.random.split(k,len(sizes)); return [(he(ks[i],sizes[i],sizes[i+1],gain),jnp.zeros(sizes[i+1])) for i in range(len(sizes)-1)]
    return init
def mlp_apply(p,x,act):
    for W,b in p[:-1]: x=act(x@W+b)
    return x@p[-1][0]+p[-1][1]
def mnist_mlp(act=jax.nn.relu,steps=1500,batch=64,name='mnist_relu'):
    X,Y,Xt,Yt=mnist()
    return mk(name,mlp_init([784,128,128,10]),lambda p,b:ce(mlp_apply(p,b[0],act),b[1]),(X,Y),batch,steps,(Xt,Yt))
def logreg():
    X,Y,Xt,Yt=mnist()
    return mk('logreg',lambda k:[(jnp.zeros((784,10)),jnp.zeros(10))],lambda p,b:ce(b[0]@p[0][0]+p[0][1],b[1]),(X,Y),32,3000,(Xt,Yt))
def ln(x): 
    m=x.mean(-1,keepdims=True); v=x.var(-1,keepdims=True); return (x-m)/jnp.sqrt(v+1e-5)
def cnn():
    X,Y,Xt,Yt=mnist(10000); X=X.reshape(-1,28,28,1); Xt=Xt[:2000].reshape(-1,28,28,1); Yt=Yt[:2000]
    def init(k):
        k=jax.random.split(k,4)
        return dict(c1=jax.random.normal(k[0],(3,3,1,8))*np.sqrt(2/9),b1=jnp.zeros(8),c2=jax.random.normal(k[1],(3,3,8,16))*np.sqrt(2/72),b2=jnp.zeros(16),W=he(k[2],7*7*16,64),b=jnp.zeros(64),V=he(k[3],64,10),c=jnp.zeros(10))
    def conv(x,w): return jax.lax.conv_general_dilated(x,w,(2,2),'SAME',dimension_numbers=('NHWC','HWIO','NHWC'))
    def f(p,b):
        x=jax.nn.relu(conv(b[0],p['c1'])+p['b1']); x=jax.nn.relu(conv(x,p['c2'])+p['b2']); x=x.reshape(x.shape[0],-1)
        x=jax.nn.relu(x@p['W']+p['b']); return ce(x@p['V']+p['c'],b[1])
    return mk('cnn',init,f,(X,Y),32,1000,(Xt,Yt),2000)
def text():
    t=gzip.open(D+'text/kjv.txt.gz','rt',encoding='latin1').read()
    t=''.join(c for c in t if c in "\n abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.,;:'!?-()\"0123456789")
    v=sorted(set(t)); m={c:i for i,c in enumerate(v)}
    return np.array([m[c] for c in t],np.int32),len(v)
def gpt():
    a,V=text(); T=48; Dm=64; H=4; L=2
    n=len(a)*9//10
    starts=np.arange(0,n-T-1,7)
    Xs=np.stack([a[s:s+T+1] for s in starts]); St=np.arange(n,len(a)-T-1,53)[:400]; Xt=np.stack([a[s:s+T+1] for s in St])
    def init(k):
        k=jax.random.split(k,3+4*L); s=0.02
        N=lambda k,*sh:jax.random.normal(k,sh)*s
        return dict(e=N(k[0],V,Dm),p=N(k[1],T,Dm),blocks=[dict(qkv=N(k[3+4*j],Dm,3*Dm),o=N(k[4+4*j],Dm,Dm),u=N(k[5+4*j],Dm,4*Dm),ub=jnp.zeros(4*Dm),w=N(k[6+4*j],4*Dm,Dm),wb=jnp.zeros(Dm),g1=jnp.ones(Dm),g2=jnp.ones(Dm)) for j in range(L)],g=jnp.ones(Dm),h=N(k[2],Dm,V))
    mask=np.tril(np.ones((T,T),bool))
    def f(p,b):
        tok=b[0][:,:-1]; y=b[0][:,1:]; x=p['e'][tok]+p['p']
        for q in p['blocks']:
            h=ln(x)*q['g1']; z=(h@q['qkv']).reshape(*h.shape[:2],3,H,Dm//H); Q,K,Vv=z[:,:,0],z[:,:,1],z[:,:,2]
            s=jnp.einsum('bthd,bshd->bhts',Q,K)/np.sqrt(Dm//H); s=jnp.where(mask,s,-1e9); s=jax.nn.softmax(s)
            x=x+jnp.einsum('bhts,bshd->bthd',s,Vv).reshape(h.shape)@q['o']
            x=x+jax.nn.gelu((ln(x)*q['g2'])@q['u']+q['ub'])@q['w']+q['wb']
        return ce((ln(x)*p['g'])@p['h'],y)
    return mk('gpt',init,f,(Xs,),16,800,(Xt,),512)
def vae():
    X,Y,Xt,Yt=mnist(20000)
    def init(k):
        k=jax.random.split(k,5); return dict(a=he(k[0],784,200,1.),ab=jnp.zeros(200),m=he(k[1],200,20,1.),mb=jnp.zeros(20),s=he(k[2],200,20,1.),sb=jnp.zeros(20),d=he(k[3],20,200,1.),db=jnp.zeros(200),o=he(k[4],200,784,1.),ob=jnp.zeros(784))
    def f(p,b):
        x=b[0]; h=jax.nn.sigmoid(x@p['a']+p['ab']); mu=h@p['m']+p['mb']; lv=h@p['s']+p['sb']
        key=jax.random.PRNGKey(b[1][0]); e=jax.random.normal(key,mu.shape); z=mu+jnp.exp(.5*lv)*e
        l=jax.nn.sigmoid(z@p['d']+p['db'])@p['o']+p['ob']
        bce=(jnp.maximum(l,0)-l*x+jnp.log1p(jnp.exp(-jnp.abs(l)))).sum(-1); kl=-.5*(1+lv-mu**2-jnp.exp(lv)).sum(-1)
        return (bce+kl).mean()
    r=np.random.default_rng(3)
    return mk('vae',init,f,(X,r.integers(0,2**30,len(X)).astype(np.int32)),128,1200,(Xt,r.integers(0,2**30,len(Xt)).astype(np.int32)))
def sig(name,hid=10,steps=5000):
    X,Y,Xt,Yt=dt(name)
    def init(k):
        s=[X.shape[1],hid,Y.shape[1]]; ks=jax.random.split(k,4); return [(jax.random.uniform(ks[2*i],(s[i],s[i+1]),minval=-.1,maxval=.1),jax.random.uniform(ks[2*i+1],(s[i+1],),minval=-.1,maxval=.1)) for i in range(2)]
    def f(p,b): 
        x=jax.nn.sigmoid(b[0]@p[0][0]+p[0][1]); y=jax.nn.sigmoid(x@p[1][0]+p[1][1]); return 100*jnp.mean((y-b[1])**2)
    return mk('sig_'+name,init,f,(X,Y),10,steps,(Xt,Yt))
def tabrelu(name,hid=32,steps=4000):
    X,Y,Xt,Yt=dt(name); Yc=Y.argmax(1).astype(np.int32)
    return mk('relu_'+name,mlp_init([X.shape[1],hid,hid,Y.shape[1]]),lambda p,b:ce(mlp_apply(p,b[0],jax.nn.relu),b[1]),(X,Yc),10,steps,(Xt,Yt.argmax(1).astype(np.int32)))
def auto():
    X,Y,Xt,Yt=mnist()
    s=[784,256,64,16,64,256,784]
    return mk('autoenc',mlp_init(s,1.6),lambda p,b:jnp.mean((jax.nn.sigmoid(mlp_apply(p,b[0],jnp.tanh))-b[0])**2)*784,(X,),64,1200,(Xt,))
ALL=dict(mnist_relu=mnist_mlp,logreg=logreg,cnn=cnn,gpt=gpt,vae=vae,autoenc=auto,
  sig_glass1=lambda:sig('glass1'),sig_card1=lambda:sig('card1'),relu_thyroid1=lambda:tabrelu('thyroid1'),relu_soybean1=lambda:tabrelu('soybean1'))
def scale():
    r=np.random.default_rng(5); U=r.normal(size=(500,20)).astype(np.float32); y=(U@np.arange(1,21)+1e-3*r.normal(size=500)).astype(np.float32)
    return mk('scale',lambda k:[jnp.zeros(20)],lambda p,b:jnp.mean((b[0]@p[0]-b[1])**2)/2,(U,y),10,5000)
def fact():
    r=np.random.default_rng(6); A=r.normal(size=(200,5));B=r.normal(size=(150,5)); M=(A@B.T)/np.sqrt(5)+.1*r.normal(size=(200,150))
    ij=np.argwhere(r.random((200,150))<.3).astype(np.int32); v=M[ij[:,0],ij[:,1]].astype(np.float32)
    return mk('fact',lambda k:(0.1*jax.random.normal(k,(200,5)),0.1*jax.random.normal(jax.random.fold_in(k,1),(150,5))),lambda p,b:jnp.mean(((p[0][b[0][:,0]]*p[1][b[0][:,1]]).sum(-1)-b[1])**2)/2,(ij,v),50,3000)
ALL.update(scale=scale,fact=fact,sig_horse1=lambda:sig('horse1'),sig_soybean1=lambda:sig('soybean1'),relu_card1=lambda:tabrelu('card1'),relu_cancer1=lambda:tabrelu('cancer1'))
def noiseq(n,sd,steps):
    r=np.random.default_rng(8); N=(sd*r.normal(size=(20000,n))).astype(np.float32); N-=N.mean(0)
    lam=np.ones(n,np.float32) if n==10 else np.linspace(.1,1,n).astype(np.float32)
    return mk(f'noise{n}',lambda k:[6*jnp.ones(n)],lambda p,b:jnp.mean(jnp.sum(.5*lam*p[0]**2+b[0]*p[0],-1)),(N,),1,steps,evaln=20000)
ALL.update(noise10=lambda:noiseq(10,30.,3000),noise1000=lambda:noiseq(1000,30.,1500))
def sig2(name,hid,steps=500):
    X,Y,Xt,Yt=dt(name); s=[X.shape[1],hid,hid,Y.shape[1]]
    def init(k):
        ks=jax.random.split(k,6); return [(jax.random.uniform(ks[2*i],(s[i],s[i+1]),minval=-.1,maxval=.1),jax.random.uniform(ks[2*i+1],(s[i+1],),minval=-.1,maxval=.1)) for i in range(3)]
    def f(p,b):
        x=b[0]
        for W,c in p: x=jax.nn.sigmoid(x@W+c)
        return 100*jnp.mean((x-b[1])**2)
    return mk('sig2_'+name,init,f,(X,Y),10,steps,(Xt,Yt))
ALL.update(sig2_thyroid1=lambda:sig2('thyroid1',20))
