"""A variational autoencoder of small images: transposed convolution, a loss of one's own, gradients of two batches for one step."""

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F


class VAE(nn.Module):
    def __init__(self, latent=2):
        super().__init__()
        self.encoder = nn.Sequential(
            nn.Conv2d(1, 4, 3, stride=2, padding=1), nn.LeakyReLU(0.2), nn.Flatten(), nn.Linear(4 * 4 * 4, 8), nn.SiLU()
        )
        self.fc_mu, self.fc_logvar = nn.Linear(8, latent), nn.Linear(8, latent)
        self.fc = nn.Linear(latent, 64)
        self.decoder = nn.Sequential(nn.Unflatten(1, (4, 4, 4)), nn.ReLU(), nn.ConvTranspose2d(4, 1, 4, stride=2, padding=1))

    def encode(self, x):
        h = self.encoder(x)
        return self.fc_mu(h), self.fc_logvar(h)

    def reparameterize(self, mu, logvar, eps):
        std = torch.exp(0.5 * logvar)
        return mu + eps * std

    def forward(self, x, eps):
        mu, logvar = self.encode(x)
        z = self.reparameterize(mu, logvar, eps)
        return self.decoder(self.fc(z)), mu, logvar


def loss_function(recon_x, x, mu, logvar):
    bce = F.binary_cross_entropy_with_logits(recon_x, x, reduction="sum")
    kld = -0.5 * torch.sum(1 + logvar - mu.pow(2) - logvar.exp())
    return (bce + kld) / x.shape[0]


rng = np.random.default_rng(0)
images = torch.from_numpy((rng.random((24, 1, 8, 8)) < np.linspace(0.1, 0.9, 8)).astype(float))
noise = torch.from_numpy(rng.normal(size=(6, 6, 2)))

vae = VAE()
start(vae)
opt = torch.optim.Adam(vae.parameters(), lr=3e-3)
figures, accumulation_steps = [], 2
opt.zero_grad()
for step in range(6):
    batch = images[(step % 4) * 6 : (step % 4) * 6 + 6]
    recon, mu, logvar = vae(batch, noise[step])
    loss = loss_function(recon, batch, mu, logvar) / accumulation_steps
    loss.backward()
    if (step + 1) % accumulation_steps == 0:
        torch.nn.utils.clip_grad_value_(vae.parameters(), 0.5)
        opt.step()
        opt.zero_grad()
    figures.append(loss.item())
vae.eval()
with torch.no_grad():
    samples = torch.sigmoid(vae.decoder(vae.fc(noise[0])))
figures += [samples.mean().item(), samples.min().item(), samples.std().item()]
