using Microsoft.Extensions.Logging.Abstractions;
using Throughline.Core.Events;
using Throughline.Core.Explain;
using Throughline.Core.Tenant;
using Throughline.Server.Tenants;
using Throughline.Testing;
using Throughline.Testing.Events;

namespace Throughline.Server.Tests.Tenants;

/// <summary>What is told of a customer from its own events alone is what a look through the whole log tells.</summary>
public sealed class CellTimelineTests
{
    [Fact]
    public async Task Timeline_OfAnyCustomer_IsWhatAllOfTheLogTells()
    {
        using TempFolder folder = new();
        await using TenantCell cell = TenantCell.Open(
            folder.Path,
            new("test"),
            new FakeTimeProvider(), // stands: the cell's own watch would write places into the same folder
            NullLogger.Instance
        );
        List<Fact> facts = new FactGenerator(Seeds.Next())
        {
            Values = 12,
            Minutes = 600,
            Statements = 6,
            Erasures = 5,
        }.Generate(1_500);
        CellPlaces places = new(folder.Path, 64);
        List<string> told = [];
        foreach (Fact[] part in facts.Chunk(300))
        {
            RecordBuffer buffer = new();
            foreach (Fact fact in part)
                buffer.Append(fact.Encode());
            await cell.SubmitAsync(buffer, default);
            await cell.SettleAsync(default); // between the two answers nothing is published
            foreach (Token customer in await CustomersAsync(cell, facts))
            {
                CellQuery.Timeline asked = new(customer, TimelinePlace.Start, 1_000);
                string? found = Text(await CellTimeline.AnswerAsync(cell, places, asked, default));
                Assert.Equal(await cell.AskAsync(store => Text(Whole(store, asked)), default), found);
                told.Add(found ?? "");
            }
        }
        Assert.Contains(told, x => x.Contains("\"customer_change\"", StringComparison.Ordinal));
        Assert.Contains(told, x => x.Contains("\"earned\"", StringComparison.Ordinal));
        Assert.NotEmpty(Directory.GetFiles(folder.Path, "places-customers-*"));
    }

    private static string? Text(byte[]? json) => json is null ? null : System.Text.Encoding.UTF8.GetString(json);

    private static Task<List<Token>> CustomersAsync(TenantCell cell, List<Fact> facts) =>
        cell.AskAsync(
            store =>
                facts
                    .SelectMany(fact => fact.Identifiers)
                    .Distinct()
                    .Select(x => store.Machine.Reader.View(Fact.TokenOf(x.Type, x.Value), false)?.Customer)
                    .OfType<Token>()
                    .Distinct()
                    .Take(8)
                    .ToList(),
            default
        );

    private static byte[]? Whole(TenantStore store, CellQuery.Timeline asked)
    {
        if (TimelineAnswers.Of(store.Machine, asked.Id, asked.After, asked.Limit) is not { } answers)
            return null;
        for (long sequence = 0; sequence < answers.NextResult; sequence++)
            answers.Note(sequence, store.ReadResult(sequence));
        for (long position = 0; position < answers.Position; position++)
            answers.Note(position, EventRecord.FromTrusted(store.ReadEvent(position)));
        return answers.ToJson(
            [.. answers.Records.Select(x => store.Machine.VerdictOf(EventRecord.FromTrusted(x)))],
            position => EventRecord.FromTrusted(store.ReadEvent(position)).Text(EventField.Id)
        );
    }
}
