namespace Throughline.Core.Attribution.Models.W3c;

/// <summary>What may still be told per epoch: of each conversion site, of each impression site, and in all.</summary>
internal sealed class W3cBudgets(W3cSettings settings)
{
    private readonly Dictionary<(long Epoch, string Site), long> bySite = [];
    private readonly Dictionary<(long Epoch, string Site), long> byImpressionSite = [];
    private readonly Dictionary<long, long> inAll = [];

    /// <summary>Takes the cost from all budgets of the epoch, or from none if one of them does not hold it.</summary>
    /// <param name="siteCost">What the conversion's site pays.</param>
    /// <param name="cost">What each impression site and all sites together pay, once.</param>
    public bool TryTake(long epoch, string site, IReadOnlyCollection<string> impressionSites, long siteCost, long cost)
    {
        long left = bySite.GetValueOrDefault((epoch, site), settings.SiteBudgetPerEpoch);
        long leftInAll = inAll.GetValueOrDefault(epoch, settings.GlobalBudgetPerEpoch);
        if (siteCost > left || cost > leftInAll)
            return false;
        foreach (string shown in impressionSites)
            if (cost > byImpressionSite.GetValueOrDefault((epoch, shown), settings.ImpressionSiteQuotaPerEpoch))
                return false;
        bySite[(epoch, site)] = left - siteCost;
        inAll[epoch] = leftInAll - cost;
        foreach (string shown in impressionSites)
            byImpressionSite[(epoch, shown)] =
                byImpressionSite.GetValueOrDefault((epoch, shown), settings.ImpressionSiteQuotaPerEpoch) - cost;
        return true;
    }

    public void Exhaust(long epoch, string site) => bySite[(epoch, site)] = 0;

    public void Forget()
    {
        bySite.Clear();
        byImpressionSite.Clear();
        inAll.Clear();
    }

    public void Forget(IReadOnlySet<string> sites)
    {
        foreach (var key in bySite.Keys.Where(x => sites.Contains(x.Site)).ToList())
            bySite.Remove(key);
        foreach (var key in byImpressionSite.Keys.Where(x => sites.Contains(x.Site)).ToList())
            byImpressionSite.Remove(key);
    }
}
