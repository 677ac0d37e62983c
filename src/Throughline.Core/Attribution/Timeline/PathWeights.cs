using Throughline.Core.Attribution.Models;
using Throughline.Core.Attribution.Rules;

namespace Throughline.Core.Attribution.Timeline;

/// <summary>A touch as models see it.</summary>
internal readonly record struct PathTouch(long Age, int Channel, int Kind);

/// <summary>Whole-number weights of a path's touches, oldest first; formulas and sources: docs/guide/attribution-models.md.</summary>
internal static class PathWeights
{
    public static void Fill(RulePlan plan, ReadOnlySpan<PathTouch> path, int direct, Span<long> weights)
    {
        weights.Clear();
        int last = path.Length - 1;
        AttributionModel model = plan.Rule.Model;
        switch (model.Kind)
        {
            case ModelKind.Last:
                weights[last] = 1;
                break;
            case ModelKind.First:
                weights[0] = 1;
                break;
            case ModelKind.LastNonDirect:
                while (last > 0 && path[last].Channel == direct)
                    last--;
                weights[path[last].Channel == direct ? path.Length - 1 : last] = 1;
                break;
            case ModelKind.SameTouch:
                if (path[last].Age == 0)
                    weights[last] = 1;
                break;
            case ModelKind.Linear:
                weights.Fill(1);
                break;
            case ModelKind.UniqueLinear:
            case ModelKind.Participation:
                for (int i = 0; i < path.Length; i++)
                    weights[i] = IsFirstOfChannel(path, i) ? 1 : 0;
                break;
            case ModelKind.Position:
                Position(model.Shares, weights);
                break;
            case ModelKind.W:
                Milestones(plan, path, weights);
                break;
            case ModelKind.TimeDecay:
                for (int i = 0; i < path.Length; i++)
                    weights[i] = TimeDecay.Weight(path[i].Age - path[last].Age, model.HalfLifeMs);
                break;
            case ModelKind.DataDriven:
                ByChannel(plan, path, weights);
                break;
            default:
                throw new InvalidOperationException($"{model.Kind} has no weights by path");
        }
    }

    private static bool IsFirstOfChannel(ReadOnlySpan<PathTouch> path, int place)
    {
        for (int i = 0; i < place; i++)
            if (path[i].Channel == path[place].Channel)
                return false;
        return true;
    }

    // Starter, player and closer; the player's share goes to the touches between, and to nobody where there are none.
    private static void Position(IReadOnlyList<long> shares, Span<long> weights)
    {
        int between = weights.Length - 2;
        if (between < 0)
            weights[0] = 1;
        else if (between == 0)
        {
            bool isOpen = shares[0] + shares[2] == 0;
            weights[0] = isOpen ? 1 : shares[0];
            weights[1] = isOpen ? 1 : shares[2];
        }
        else
        {
            weights.Fill(shares[1]);
            weights[0] = shares[0] * between;
            weights[^1] = shares[2] * between;
        }
    }

    // 30 each to the first touch and to the first of each milestone's kind (coinciding ones add), 10 to all others together.
    private static void Milestones(RulePlan plan, ReadOnlySpan<PathTouch> path, Span<long> weights)
    {
        const int Milestone = 30;
        const int Rest = 10;
        weights[0] = Milestone;
        Mark(plan.Lead, path, weights);
        Mark(plan.Opportunity, path, weights);
        int others = weights.Count(0);
        for (int i = 0; i < weights.Length; i++)
            weights[i] = weights[i] == 0 ? Rest : weights[i] * Math.Max(1, others);

        static void Mark(int kind, ReadOnlySpan<PathTouch> path, Span<long> weights)
        {
            for (int i = 0; i < path.Length; i++)
                if (path[i].Kind == kind)
                {
                    weights[i] += Milestone;
                    return;
                }
        }
    }

    // A path whose channels all weigh nothing gives all to its last touch.
    private static void ByChannel(RulePlan plan, ReadOnlySpan<PathTouch> path, Span<long> weights)
    {
        bool any = false;
        for (int i = 0; i < path.Length; i++)
        {
            weights[i] =
                (uint)path[i].Channel < (uint)plan.ChannelWeights.Length
                    ? plan.ChannelWeights[path[i].Channel]
                    : plan.Table!.Others;
            any |= weights[i] > 0;
        }
        if (!any)
            weights[^1] = 1;
    }
}
