"""Which features tell the same story: a reason is one meaning, however many correlated columns carry it."""

from collections.abc import Mapping

_GROUPS: Mapping[str, str] = {
    "client_pays_late": "late_rate_0 late_rate_15 late_rate_30 late_rate_recent late_rate_90d late_rate_365d "
    "late_rate_last10 late_rate_decayed late_streak days_late_mean days_late_median days_late_high days_late_decayed "
    "days_late_decayed_30 days_late_last3 days_late_std days_late_trend days_to_pay_mean description_late_rate",
    "client_owes": "open_count open_amount_ratio overdue_count overdue_share overdue_amount_ratio "
    "late_rate_with_overdue",
    "pay_rhythm": "days_since_settlement days_since_payment pay_weekday_share due_to_pay_weekday pay_month_part_share "
    "due_to_pay_month_part",
    "slow_release": "slow_release_rate_7 slow_release_rate_14 slow_release_rate_30 release_days_mean "
    "release_days_last3 drafts_waiting billing_lag_days",
    "client_disputes": "dispute_rate dispute_rate_recent dispute_rate_365d dispute_count dispute_count_365d "
    "days_since_dispute disputes_open credit_notes_365d dispute_cause_repeats dispute_resolution_days "
    "credited_share_365d",
    "project_disputes": "project_objections",
    "amount": "log_amount log_amount_group negative_amount amount_z amount_unusual amount_to_median billing_growth",
    "tax": "tax_share",
    "duplicate": "possible_duplicates same_period_invoices description_matches",
    "billing_pattern": "days_since_invoice cadence_ratio prior_invoices_30d prior_project_invoices method_share "
    "currency_share entity_share line_count period_days description_words",
    "billing_method": "method_time_and_materials method_milestone method_fixed_fee",
    "new_client": "client_tenure_days",
    "approvals_pending": "approvals_pending approvals_pending_age approvals_pending_age_mean approvals_overdue "
    "invoice_approvals_pending approvals_rejected holder_wait_ratio",
    "slow_approver": "approver_latency approver_queue manager_latency manager_slow_share manager_queue "
    "project_latency role_latency holder_latency holder_is_client manager_latency_trend manager_month_end_gap "
    "manager_quarter_end_gap",
    "time_not_approved": "unapproved_time_count unapproved_time_hours period_unapproved_share",
    "expenses_not_approved": "unapproved_expense_count expenses_not_approved",
    "purchase_order": "po_required po_missing po_mismatch",
    "milestones": "milestones_not_accepted milestones_without_evidence milestones_late unaccepted_amount_share",
    "receipts": "receipts_missing receipts_missing_share",
    "rates": "rate_excess_max rate_deviation_mean lines_off_card lines_without_card",
    "arithmetic": "lines_total_gap line_arithmetic_gap",
    "contract_limit": "cap_usage value_usage contract_growth",
    "terms": "terms_gap_days terms_days",
    "contract_state": "contract_unsigned days_past_contract_end",
    "project_burn": "hours_burn budget_burn plan_gap project_overrun_days",
    "project_state": "project_not_open",
    "margin": "cost_ratio project_cost_ratio project_cost_ratio_90d margin_trend",
    "billed_hours": "hours_billed_ratio",
    "change_orders": "change_orders_pending change_orders_pending_ratio change_orders_billed_early "
    "change_orders_billed_early_share change_orders_approved change_order_age change_orders_rejected "
    "contract_pending_share",
    "client_record": "client_unknown client_not_active client_credit_hold billing_contact_missing tax_id_missing",
    "currency": "currency_not_contract currency_not_client currency_not_entity",
    "company": "entity_not_contract cross_border intercompany mirrors_intercompany",
    "rebill": "is_rebill rebill_depth rebills_objected days_since_rebilled_credit client_rebills_365d",
    "linked_documents": "is_credit is_amendment is_partial linked_from",
    "transfer": "sync_failures sync_broken",
    "delivery_channel": "sent_electronically client_electronic client_electronic_days",
    "backdated": "backdated_days",
    "period_end": "days_to_month_end days_to_quarter_end due_days_to_month_end due_days_to_quarter_end "
    "due_days_to_year_end days_to_year_end days_to_due",
    "holidays": "holidays_before_due holidays_near_due due_on_holiday",
    "firm_climate": "firm_late_rate firm_days_late firm_objection_share",
    "notes": "note_count note_count_14d days_since_note note_displeasure note_similarity_rate "
    "note_similarity_hours_not_approved note_similarity_milestone_not_accepted note_similarity_change_order "
    "note_similarity_scope_quality note_similarity_po_reference note_similarity_tax_entity note_similarity_duplicate "
    "note_similarity_amount_currency",
}

# They move scores, but say nothing that a person would call a reason: a month, a weekday, a long acquaintance.
NO_REASON = frozenset({"due_month", "due_weekday", "invoice_weekday", "paid_count", "prior_invoices"})

GROUP_OF: Mapping[str, str] = {name: group for group, names in _GROUPS.items() for name in names.split()}
GROUPS = tuple(_GROUPS)


def group_of(name: str) -> str:
    """The meaning that a feature belongs to; a feature without one stands for itself."""
    return GROUP_OF.get(name, name)
